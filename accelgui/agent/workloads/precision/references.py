"""What the results should be: NumPy on the CPU, in float64 or in integers.

A framework's own CPU path is no reference: TensorFlow's flushes subnormal numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.agent.workloads.precision.running_error import Rounding, Running

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array


def followed(
    operation: str, operands: tuple[Array, ...], rounding: Optional[Rounding], stride: int = 1
) -> Running:
    """Return the result with its bound; the value alone where `rounding` is None."""
    running = [Running(operand, rounding) for operand in operands]
    return OPERATIONS[operation].forward(*running, stride)


def reference(operation: str, operands: tuple[Array, ...], stride: int = 1) -> Array:
    """Return the result in float64, or wider where the operands are wider."""
    return followed(operation, operands, None, stride).value


def exact_reference(operation: str, operands: tuple[Array, ...], stride: int = 1) -> Array:
    """Return the result of adding products of integers, without any error.

    In float64, which holds every sum of them exactly, and where BLAS is quicker than int64.
    """
    return reference(operation, operands, stride)


def followed_gradients(
    operation: str,
    cotangent: Array,
    operands: tuple[Array, ...],
    rounding: Rounding,
    stride: int = 1,
) -> tuple[Running, ...]:
    """Return the gradients for all floating operands, with their bounds.

    Raises ValueError for an operation that has none.
    """
    gradient = OPERATIONS[operation].gradient
    if gradient is None:
        raise ValueError(f"{operation} has no gradient")
    running = [Running(operand, rounding) for operand in operands]
    return gradient(Running(cotangent, rounding), *running, stride)


def wide(operation: str, dtype: str, operands: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return the operands with more bits than float64 where results would be as good as it.

    Only where the platform has more, and not for products of matrices, which would take seconds.
    """
    if dtype != "float64" or OPERATIONS[operation].has_tf32 or operation in {"attention", "erf"}:
        return operands
    return tuple(x if x.dtype.kind == "i" else x.astype(np.longdouble) for x in operands)
