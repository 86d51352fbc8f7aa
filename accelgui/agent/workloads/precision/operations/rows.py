"""Operations that pick rows of a table or add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.operations import draws
from accelgui.agent.workloads.precision.operations.operation import Operation
from accelgui.agent.workloads.precision.running_error import Running

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array


def _most_often(indices: Running) -> int:
    return int(np.bincount(indices.value.ravel()).max()) + 1


def _summed(values: Running, indices: Running, shape: tuple[int, ...]) -> Running:
    def add(added: Array) -> Array:
        total = np.zeros(shape, added.dtype)
        np.add.at(total, indices.value, added)
        return total

    return values.linear(add, _most_often(indices))


def _gather(table: Running, indices: Running, _: int) -> Running:
    return table.moved(lambda x: x[indices.value])


def _of_gather(cotangent: Running, table: Running, indices: Running, _: int) -> tuple[Running, ...]:
    return (_summed(cotangent, indices, table.value.shape),)


def _added(table: Running, indices: Running, updates: Running, _: int) -> Running:
    sums = _summed(updates, indices, table.value.shape)
    total = table + sums
    if total.rounding is None or total.error is None:
        return total
    # The table's number may be the first or the last to be added: it rounds as often.
    often = total.rounding.sum_unit * _most_often(indices)
    return Running(total.value, total.rounding, total.error + often * np.abs(table.value))


def _of_added(
    cotangent: Running, _table: Running, indices: Running, _updates: Running, _: int
) -> tuple[Running, ...]:
    return cotangent, cotangent.moved(lambda x: x[indices.value])


OPERATIONS = (
    Operation(
        "gather",
        draws.rows,
        _gather,
        _of_gather,
        quick=(((100, 33), (257,)),),
        full=(((1009, 65), (3001,)),),
        is_exact=True,
    ),
    Operation(
        "scatter_add",
        draws.updates,
        _added,
        _of_added,
        quick=(((64, 17), (999,), (999, 17)),),
        full=(((251, 33), (4001,), (4001, 33)),),
    ),
    Operation(
        "segment_sum",
        draws.updates,
        _added,
        _of_added,
        quick=(((64, 17), (999,), (999, 17)),),
        full=(((251, 33), (4001,), (4001, 33)),),
    ),
)
