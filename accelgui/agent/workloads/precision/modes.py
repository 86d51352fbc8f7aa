"""Which narrower arithmetic a result was really made in.

An error between the bounds of two formats proves nothing: a fault makes such errors too. So the
narrower arithmetic is acted out in float64, and named only where it explains the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, Format, operand_format
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
    if own == 0.0:
        return None
    asked = operand_format(dtype)
    for name in _NARROWER.get(dtype, ()):
        form = FORMATS[name]
        for guess in _acted_out(operation, operands, expected, asked, form, stride):
            nearer = _distance(result, guess, allowed) * _NEARER < own
            if nearer and _explains(guess, result, allowed, form):
                return name
    return None


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
        rounded = tuple(form.round(operand, truncate=truncate) for operand in operands)
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
        ratios = np.sort(np.abs(result - guess) / allowed, axis=None)
        kept = ratios[: max(1, int(0.9 * ratios.size))]
        return float(np.sqrt(np.mean(np.square(kept))))
