"""Sums, means, running sums, and the two kinds of pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.operations import draws
from accelgui.agent.workloads.precision.operations.operation import Operation
from accelgui.agent.workloads.precision.operations.windows import scattered, windows

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array
    from accelgui.agent.workloads.precision.running_error import Running

_SIZE, _STRIDE = 3, 2


def _sum(data: Running, _: int) -> Running:
    return data.sum(-1)


def _of_sum(cotangent: Running, data: Running, _: int) -> tuple[Running, ...]:
    shape = data.value.shape
    return (cotangent.moved(lambda x: np.broadcast_to(x[..., None], shape)),)


def _mean(data: Running, _: int) -> Running:
    return data.mean(-1)


def _of_mean(cotangent: Running, data: Running, _: int) -> tuple[Running, ...]:
    (spread,) = _of_sum(cotangent, data, 1)
    return (_shared(spread, data.value.shape[-1]),)


def _shared(value: Running, count: int) -> Running:
    # 1/n is rounded, and so is the product with it; a division would be rounded once.
    return value / float(count) * 1.0 * 1.0


def _cumsum(data: Running, _: int) -> Running:
    return data.linear(lambda x: np.cumsum(x, axis=-1), data.value.shape[-1])


def _of_cumsum(cotangent: Running, data: Running, _: int) -> tuple[Running, ...]:
    def backwards(values: Array) -> Array:
        return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]

    return (cotangent.linear(backwards, data.value.shape[-1]),)


def _max_pool(data: Running, _: int) -> Running:
    return data.moved(lambda x: windows(x, _SIZE, _SIZE, _STRIDE).max(axis=(3, 4)))


def _of_max_pool(cotangent: Running, data: Running, _: int) -> tuple[Running, ...]:
    views = windows(data.value, _SIZE, _SIZE, _STRIDE)
    is_largest = views == views.max(axis=(3, 4), keepdims=True)
    shape = data.value.shape

    def back(values: Array) -> Array:
        return scattered(values[:, :, :, None, None] * is_largest, shape, _STRIDE)

    return (cotangent.linear(back, 4),)


def _average_pool(data: Running, _: int) -> Running:
    return data.moved(lambda x: windows(x, _SIZE, _SIZE, _STRIDE)).mean((3, 4))


def _of_average_pool(cotangent: Running, data: Running, _: int) -> tuple[Running, ...]:
    shape = data.value.shape
    ones = np.ones((1, 1, 1, _SIZE, _SIZE, 1))

    def back(values: Array) -> Array:
        return scattered(values[:, :, :, None, None] * ones, shape, _STRIDE)

    return (_shared(cotangent, _SIZE * _SIZE).linear(back, 4),)


OPERATIONS = (
    Operation(
        "sum",
        draws.normal,
        _sum,
        _of_sum,
        quick=(((256, 256),),),
        full=(((1001, 255),), ((16, 65536),)),
        takes_integers=True,
        is_core=True,
    ),
    Operation(
        "mean",
        draws.normal,
        _mean,
        _of_mean,
        quick=(((256, 256),),),
        full=(((1001, 255),),),
    ),
    Operation(
        "cumsum",
        draws.normal,
        _cumsum,
        _of_cumsum,
        quick=(((64, 255),),),
        full=(((5, 2003),),),
        takes_integers=True,
    ),
    Operation(
        "max_pool",
        draws.normal,
        _max_pool,
        _of_max_pool,
        quick=(((2, 19, 17, 8),),),
        full=(((2, 57, 43, 31),),),
        is_exact=True,
    ),
    Operation(
        "average_pool",
        draws.normal,
        _average_pool,
        _of_average_pool,
        quick=(((2, 19, 17, 8),),),
        full=(((2, 57, 43, 31),),),
    ),
)
