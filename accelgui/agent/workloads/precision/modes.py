"""Which narrower arithmetic a result was really made in.

An error between the bounds of two formats proves nothing: a fault makes such errors too. So the
narrower arithmetic is acted out in float64, and named only where it explains the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, Format, operand_format
from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.agent.workloads.precision.references import reference

if TYPE_CHECKING:
    from collections.abc import Iterator

# What may stand in for a format unasked, the likeliest first.
_NARROWER = {
    "float64": ("float32", "tf32", "bfloat16"),
    "float32": ("tf32", "bfloat16"),
    "tf32": ("bfloat16",),
}

# A result in the format that was asked for is 100 to 10,000 times nearer to its own reference
# than to that of a narrower one; one made in the narrower format is the other way round.
_NEARER = 8.0

# Where sums of products are concerned, TF32 in place of float32 comes to 0.14 of the bound in sums
# of 4096 terms, and to more in shorter ones; float32 itself to 0.007. Nothing is acted out below.
_UNSUSPICIOUS = 0.02

# Results of a right device are off by half a unit either way, evenly.
_BIAS_ULP = 0.2
_BIAS_DEVIATIONS = 9.0
_FEWEST = 1000


def narrower_mode(
    operation: str,
    dtype: str,
    operands: tuple[Array, ...],
    result: Array,
    expected: Array,
    allowed: Array,
    stride: int = 1,
) -> Optional[str]:
    """Return the name of the narrower format that explains `result`, None where none does.

    Distances are measured in units of `allowed`, so that large and small elements count alike.
    """
    own = _distance(result, expected, allowed)
    if own < _UNSUSPICIOUS:
        return None
    asked = operand_format(dtype)
    for name in _NARROWER.get(dtype, ()):
        form = FORMATS[name]
        for guess in _acted_out(operation, operands, expected, asked, form, stride):
            nearer = _distance(result, guess, allowed) * _NEARER < own
            if nearer and _explains(guess, result, allowed, form):
                return name
    return None


def is_cut_off(operation: str, dtype: str, result: Array, expected: Array) -> bool:
    """Tell whether results lie below the right ones in size, as those do that were truncated.

    Asked of products only: functions have errors of their own making, sums of what is narrower
    than float32 a choice of accumulators, and TF32 is known to be cut off in tensor cores.
    """
    if dtype == "tf32" or not OPERATIONS[operation].has_tf32 or result.size < _FEWEST:
        return False
    units = operand_format(dtype).ulp(np.asarray(expected, np.float64))
    errors = np.asarray((result - expected) * np.sign(expected) / units, np.float64)
    middle, spread = float(np.mean(errors)), float(np.std(errors))
    return middle < -_BIAS_ULP and -middle * np.sqrt(errors.size) > _BIAS_DEVIATIONS * spread


def _acted_out(
    operation: str,
    operands: tuple[Array, ...],
    expected: Array,
    asked: Format,
    form: Format,
    stride: int,
) -> Iterator[Array]:
    """Yield results for operands, results or both rounded to `form`, nearest and truncated."""
    for truncate in (False, True):
        rounded = tuple(
            x if x.dtype.kind == "i" else form.round(x, truncate=truncate) for x in operands
        )
        # What float64 holds and a narrow format does not becomes 0 here: log makes −∞ of that,
        # which is no guess that any result is near to.
        with np.errstate(all="ignore"):
            guess = reference(operation, rounded, stride)
            yield guess
            for made in (guess, expected):
                # By way of the format that was asked for: tanh(9) is 1 in float32 already.
                yield form.round(asked.round(made), truncate=truncate)


def _explains(guess: Array, result: Array, allowed: Array, form: Format) -> bool:
    # One bad element is not excused by all others being of a narrower kind.
    return bool(np.all(np.abs(result - guess) <= allowed + form.ulp(guess)))


def _distance(result: Array, guess: Array, allowed: Array) -> float:
    # The tenth part that fits worst is left out: where a sum lies between two numbers of the
    # narrow format, the last bit of float32 decides on which side a few elements fall.
    with np.errstate(all="ignore"):
        ratios = np.abs(result - guess).ravel() / np.ravel(allowed)
        kept = max(1, int(0.9 * ratios.size))
        smallest = np.partition(ratios, kept - 1)[:kept]
        return float(np.sqrt(np.mean(np.square(smallest))))
