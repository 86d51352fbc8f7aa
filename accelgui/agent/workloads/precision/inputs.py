"""What the operations are fed with: integers whose sums are exact, data that need no rounding."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, operand_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.agent.workloads.precision.operations.operation import Draw, Shapes

# No partial sum may need more bits than the narrowest accumulator in use keeps: 23 in the tensor
# cores of Volta, 24 in float32 (facts of MMA-Sim, FTTN and Fasi et al., PeerJ CS 7:e330).
_ACCUMULATOR_BITS = 23

# Up to here integers are exact in bfloat16, in which a TPU multiplies.
_LARGEST_INTEGER = 256


def exact_sum_limit(dtype: str) -> int:
    """Return up to where every integer survives as a partial sum and as a result in `dtype`."""
    if dtype == "int8":
        return 127
    bits = FORMATS[operand_format(dtype).name].bits
    if dtype.startswith("float8"):
        # PyTorch gives products of them in the same format, others in float32.
        return int(2**bits)
    return int(2 ** (bits if dtype == "float64" else min(bits, _ACCUMULATOR_BITS)))


def integers(rng: np.random.Generator, dtype: str, shapes: Shapes, terms: int) -> tuple[Array, ...]:
    """Return non-zero integers in float64 so small that sums of `terms` products are exact.

    Σ|a||b| stays at or below `exact_sum_limit`, hence any order, blocking, truncation or pass in
    TF32 or bfloat16 gives the same bits. Non-zero, so that a term left out always shows. Raises
    ValueError where `terms` are too many for that.
    """
    largest = largest_integer(dtype, len(shapes), terms)
    return tuple(nonzero(rng, largest, shape) for shape in shapes)


def largest_integer(dtype: str, factors: int, terms: int) -> int:
    """Return up to where `terms` products of one or two integers add up exactly.

    Raises ValueError where `terms` are too many for any.
    """
    product = exact_sum_limit(dtype) // terms
    if product < 1:
        raise ValueError(f"{terms} terms do not fit into {dtype}")
    largest = product if factors == 1 else math.isqrt(product)
    return largest if dtype == "float64" else min(largest, _LARGEST_INTEGER)


def nonzero(rng: np.random.Generator, largest: int, shape: tuple[int, ...]) -> Array:
    """Return integers from −largest to largest without 0, in float64."""
    signs = rng.choice((-1, 1), shape)
    return np.asarray(signs * rng.integers(1, largest, shape, endpoint=True), np.float64)


def reals(rng: np.random.Generator, draw: Draw, dtype: str, shapes: Shapes) -> tuple[Array, ...]:
    """Return real data in float64 that the operand format of `dtype` holds exactly."""
    return rounded(draw(rng, shapes, operand_format(dtype)), dtype)


def rounded(operands: Sequence[Array], dtype: str) -> tuple[Array, ...]:
    """Round numbers to the operand format of `dtype`; indices stay as they are."""
    form = operand_format(dtype)
    return tuple(x if x.dtype.kind == "i" else form.round(x) for x in operands)
