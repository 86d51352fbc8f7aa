"""Operations that add products: matmul, convolutions, attention."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.operations import draws
from accelgui.agent.workloads.precision.operations.normalizations import softmax, softmax_gradient
from accelgui.agent.workloads.precision.operations.operation import Operation
from accelgui.agent.workloads.precision.operations.windows import patches, scattered

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array
    from accelgui.agent.workloads.precision.running_error import Running


def _turned(matrix: Running) -> Running:
    return matrix.moved(lambda x: np.swapaxes(x, -1, -2))


def _matmul(a: Running, b: Running, _: int = 1) -> Running:
    return a.matmul(b)


def _matmul_gradient(cotangent: Running, a: Running, b: Running, _: int) -> tuple[Running, ...]:
    return cotangent.matmul(_turned(b)), _turned(a).matmul(cotangent)


def _conv2d(image: Running, kernel: Running, stride: int) -> Running:
    height, width, _, outputs = kernel.value.shape
    windows = image.moved(lambda x: patches(x, height, width, stride))
    flat = kernel.moved(lambda x: x.reshape(-1, outputs))
    # The bound of one long row by column holds whichever way they are laid out.
    return windows.matmul(flat)


def _conv2d_gradient(
    cotangent: Running, image: Running, kernel: Running, stride: int
) -> tuple[Running, ...]:
    height, width, channels, outputs = kernel.value.shape
    flat = kernel.moved(lambda x: x.reshape(-1, outputs))
    columns = cotangent.matmul(_turned(flat))
    shape = image.value.shape

    def fold(values: Array) -> Array:
        windows = values.reshape(*values.shape[:3], height, width, channels)
        return scattered(windows, shape, stride)

    windows = image.moved(lambda x: patches(x, height, width, stride))
    rows = windows.moved(lambda x: x.reshape(-1, x.shape[-1]))
    to_kernel = _turned(rows).matmul(cotangent.moved(lambda x: x.reshape(-1, outputs)))
    return (
        columns.linear(fold, height * width),
        to_kernel.moved(lambda x: x.reshape(kernel.value.shape)),
    )


def _to_nhwc(image: Array) -> Array:
    return image.transpose(0, 2, 3, 1)


def _to_nchw(image: Array) -> Array:
    return image.transpose(0, 3, 1, 2)


def _conv2d_nchw(image: Running, kernel: Running, stride: int) -> Running:
    return _conv2d(image.moved(_to_nhwc), kernel, stride).moved(_to_nchw)


def _conv2d_nchw_gradient(
    cotangent: Running, image: Running, kernel: Running, stride: int
) -> tuple[Running, ...]:
    to_image, to_kernel = _conv2d_gradient(
        cotangent.moved(_to_nhwc), image.moved(_to_nhwc), kernel, stride
    )
    return to_image.moved(_to_nchw), to_kernel


def _weights(query: Running, key: Running) -> Running:
    return softmax(query.matmul(_turned(key)) * (1 / math.sqrt(query.value.shape[-1])))


def _attention(query: Running, key: Running, value: Running, _: int) -> Running:
    return _weights(query, key).matmul(value)


def _attention_gradient(
    cotangent: Running, query: Running, key: Running, value: Running, _: int
) -> tuple[Running, ...]:
    weights = _weights(query, key)
    to_weights = cotangent.matmul(_turned(value))
    to_scores = softmax_gradient(to_weights, weights) * (1 / math.sqrt(query.value.shape[-1]))
    return (
        to_scores.matmul(key),
        _turned(to_scores).matmul(query),
        _turned(weights).matmul(cotangent),
    )


OPERATIONS = (
    Operation(
        "matmul",
        draws.normal,
        _matmul,
        _matmul_gradient,
        # 256 terms are what bfloat16 adds exactly; TF32 is most visible in short sums.
        quick=(((256, 256), (256, 256)),),
        # Odd sizes leave remainders at every tile; a long thin product; batches.
        full=(
            ((129, 255), (255, 65)),
            ((512, 1024), (1024, 512)),
            ((48, 4096), (4096, 48)),
            ((1, 777), (777, 1)),
            ((7, 33, 65), (7, 65, 17)),
        ),
        takes_integers=True,
        has_tf32=True,
        is_core=True,
    ),
    Operation(
        "conv2d",
        draws.normal,
        _conv2d,
        _conv2d_gradient,
        quick=(((2, 32, 32, 16), (3, 3, 16, 32)),),
        # The first convolution of a ResNet, one of its middle, and 1×1 with odd channels.
        full=(
            ((1, 57, 43, 3), (7, 7, 3, 24)),
            ((4, 28, 28, 64), (3, 3, 64, 64)),
            ((2, 15, 17, 255), (1, 1, 255, 33)),
        ),
        takes_integers=True,
        has_tf32=True,
        is_core=True,
    ),
    Operation(
        "conv2d_nchw",
        draws.normal,
        _conv2d_nchw,
        _conv2d_nchw_gradient,
        full=(((2, 16, 19, 17), (3, 3, 16, 24)),),
        takes_integers=True,
        has_tf32=True,
    ),
    Operation(
        "attention",
        draws.normal,
        _attention,
        _attention_gradient,
        quick=(((2, 2, 64, 32),) * 3,),
        full=(((1, 4, 127, 64),) * 3,),
    ),
)
