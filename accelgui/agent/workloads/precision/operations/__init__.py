"""Every operation that is checked, by name, in the order of the table."""

from __future__ import annotations

from accelgui.agent.workloads.precision.operations import (
    contractions,
    elementwise,
    normalizations,
    rows,
    sums,
)
from accelgui.agent.workloads.precision.operations.operation import Operation

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for family in (contractions, sums, normalizations, rows, elementwise)
    for operation in family.OPERATIONS
}

__all__ = ["OPERATIONS", "Operation"]
