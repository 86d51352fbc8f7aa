"""What the operations are fed with: integers whose sums are exact, and real data of mean zero."""

from __future__ import annotations

import math
from typing import Callable

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, Format, operand_format

# No partial sum may need more bits than the narrowest accumulator in use keeps: 23 in the tensor
# cores of Volta, 24 in float32 (facts of MMA-Sim, FTTN and Fasi et al., PeerJ CS 7:e330).
_ACCUMULATOR_BITS = 23

# Up to here integers are exact in bfloat16, in which a TPU multiplies.
_LARGEST_INTEGER = 256


def exact_sum_limit(dtype: str) -> int:
    """Return up to where every integer survives as a partial sum and as a result in `dtype`."""
    bits = FORMATS[operand_format(dtype).name].bits
    return int(2 ** (bits if dtype == "float64" else min(bits, _ACCUMULATOR_BITS)))


def integers(
    rng: np.random.Generator, dtype: str, shapes: tuple[tuple[int, ...], ...], terms: int
) -> tuple[Array, ...]:
    """Return non-zero integers in float64 so small that sums of `terms` products are exact.

    Σ|a||b| stays at or below `exact_sum_limit`, hence any order, blocking, truncation or pass in
    TF32 or bfloat16 gives the same bits. Non-zero, so that a term left out always shows. Raises
    ValueError where `terms` are too many for that.
    """
    product = exact_sum_limit(dtype) // terms
    if product < 1:
        raise ValueError(f"{terms} terms do not fit into {dtype}")
    largest = product if len(shapes) == 1 else math.isqrt(product)
    if dtype != "float64":
        largest = min(largest, _LARGEST_INTEGER)
    return tuple(_nonzero(rng, largest, shape) for shape in shapes)


def _nonzero(rng: np.random.Generator, largest: int, shape: tuple[int, ...]) -> Array:
    signs = rng.choice((-1, 1), shape)
    return np.asarray(signs * rng.integers(1, largest, shape, endpoint=True), np.float64)


def reals(
    rng: np.random.Generator, operation: str, dtype: str, shapes: tuple[tuple[int, ...], ...]
) -> tuple[Array, ...]:
    """Return real data in float64 that the operand format of `dtype` holds exactly.

    Mean zero for the operations that add: rounding that truncates has a bias on positive data
    which no law of the square root covers.
    """
    form = operand_format(dtype)
    draw = _DRAWS.get(operation, _normal)
    return tuple(form.round(draw(rng, form, shape)) for shape in shapes)


def _normal(rng: np.random.Generator, _: Format, shape: tuple[int, ...]) -> Array:
    return rng.standard_normal(shape)


def _logits(rng: np.random.Generator, _: Format, shape: tuple[int, ...]) -> Array:
    return 3.0 * rng.standard_normal(shape)


def _exponents(rng: np.random.Generator, form: Format, shape: tuple[int, ...]) -> Array:
    # Results stay normal and finite: subnormal ones are flushed by many devices, and may be.
    low, high = (form.emin + 1) * math.log(2.0), math.log(form.largest) * 0.995
    return rng.uniform(low, high, shape)


def _positives(rng: np.random.Generator, form: Format, shape: tuple[int, ...]) -> Array:
    # All magnitudes, and every other one close to 1, where the logarithm loses its digits.
    wide = rng.uniform(form.emin + 1, math.log2(form.largest) - 1, shape)
    close = rng.uniform(-1.0, 1.0, shape) * 2.0 ** -rng.uniform(0, form.bits, shape)
    return np.exp2(np.where(rng.random(shape) < 0.5, wide, close))


def _slopes(rng: np.random.Generator, form: Format, shape: tuple[int, ...]) -> Array:
    # From where tanh(x) is x to where it is 1.
    size = 2.0 ** rng.uniform(max(form.emin + 1, -30), 4, shape)
    return rng.choice((-1.0, 1.0), shape) * size


_DRAWS: dict[str, Callable[[np.random.Generator, Format, tuple[int, ...]], Array]] = {
    "softmax": _logits,
    "exp": _exponents,
    "log": _positives,
    "tanh": _slopes,
}
