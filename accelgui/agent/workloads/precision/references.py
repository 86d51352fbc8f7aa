"""What the results should be: NumPy on the CPU, in float64 or in integers.

A framework's own CPU path is no reference: TensorFlow's flushes subnormal numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from accelgui.agent.workloads.precision.formats import Array

CONTRACTIONS = ("matmul", "conv2d", "sum")
ELEMENTWISE: dict[str, Callable[[Array], Array]] = {"exp": np.exp, "log": np.log, "tanh": np.tanh}


@dataclass(frozen=True)
class Contraction:
    """An operation written as left [m, n] · right [n, p], whose result is reshaped to `shape`."""

    left: Array
    right: Array
    shape: tuple[int, ...]

    @property
    def terms(self) -> int:
        """How many products are added for each element."""
        return int(self.left.shape[1])

    def product(self, transform: Callable[[Array], Array] = np.asarray) -> Array:
        """Return transform(left) · transform(right) in the shape of the operation's result."""
        return np.asarray(transform(self.left) @ transform(self.right)).reshape(self.shape)


def as_contraction(operation: str, operands: tuple[Array, ...], stride: int = 1) -> Contraction:
    """Write matmul, conv2d (NHWC, HWIO, no padding) or sum (over the last axis) as a product."""
    if operation == "matmul":
        left, right = operands
        return Contraction(left, right, (left.shape[0], right.shape[1]))
    if operation == "sum":
        (values,) = operands
        return Contraction(values, np.ones((values.shape[-1], 1), values.dtype), values.shape[:-1])
    image, kernel = operands
    return _as_patches(image, kernel, stride)


def _as_patches(image: Array, kernel: Array, stride: int) -> Contraction:
    height, width, channels, outputs = kernel.shape
    windows = sliding_window_view(image, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    shape = (*windows.shape[:3], outputs)
    # [b, oh, ow, c, kh, kw] to the order of the kernel: kh, kw, c.
    patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, height * width * channels)
    return Contraction(patches, kernel.reshape(height * width * channels, outputs), shape)


def reference(operation: str, operands: tuple[Array, ...], stride: int = 1) -> Array:
    """Return the result in float64, or wider where the operands are wider."""
    if operation in CONTRACTIONS:
        return as_contraction(operation, operands, stride).product()
    (values,) = operands
    if operation == "softmax":
        powers = np.exp(values - values.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
    return np.asarray(ELEMENTWISE[operation](values))


def exact_reference(operation: str, operands: tuple[Array, ...], stride: int = 1) -> Array:
    """Return the result of a contraction of integers, in int64."""
    contraction = as_contraction(operation, operands, stride)
    return contraction.product(lambda values: values.astype(np.int64))
