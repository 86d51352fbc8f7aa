"""Windows that move over images, NHWC, without padding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array


def windows(image: Array, height: int, width: int, stride: int) -> Array:
    """Return [b, oh, ow, kh, kw, c]."""
    views = sliding_window_view(image, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    return np.asarray(views.transpose(0, 1, 2, 4, 5, 3))


def patches(image: Array, height: int, width: int, stride: int) -> Array:
    """Return [b, oh, ow, kh·kw·c], in the order of a kernel in HWIO."""
    views = windows(image, height, width, stride)
    return views.reshape(*views.shape[:3], -1)


def scattered(values: Array, shape: tuple[int, ...], stride: int) -> Array:
    """Add windows [b, oh, ow, kh, kw, c] to where they came from, in an image of `shape`."""
    image = np.zeros(shape, values.dtype)
    _, rows, columns, height, width, _ = values.shape
    for y in range(height):
        for x in range(width):
            down = slice(y, y + (rows - 1) * stride + 1, stride)
            across = slice(x, x + (columns - 1) * stride + 1, stride)
            image[:, down, across] += values[:, :, :, y, x]
    return image
