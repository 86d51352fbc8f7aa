"""Random numbers: do they have the distribution that they claim, and does the seed decide?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.judge import Judgement
from accelgui.model.precision_events import RowVerdict

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array

_CELLS = 64

# In standard deviations: by chance alone, one run in 10⁹ goes beyond.
_LIMIT = 6.5


def judge_statistics(kind: str, drawn: Array, again: Array, other: Array) -> Judgement:
    """Judge numbers drawn twice with one seed and once with another.

    Mean, variance, how neighbours hang together, and Pearson's χ² over 64 equally likely cells,
    each in standard deviations of what chance does.
    """
    if drawn.shape != again.shape or drawn.shape != other.shape or drawn.ndim != 1:
        return Judgement(RowVerdict.FAILED, "shape")
    if not np.isfinite(drawn).all():
        return Judgement(RowVerdict.FAILED, "nan")
    if drawn.tobytes() != again.tobytes():
        return Judgement(RowVerdict.FAILED, "not_repeatable")
    if drawn.tobytes() == other.tobytes():
        return Judgement(RowVerdict.FAILED, "seed_ignored")
    values = drawn.astype(np.float64)
    if kind == "uniform" and (values.min() < 0 or values.max() > 1):
        return Judgement(RowVerdict.FAILED, "statistics")
    worst = max(map(abs, _deviations(kind, values)))
    passed = worst <= _LIMIT
    return Judgement(
        RowVerdict.PASSED if passed else RowVerdict.FAILED,
        None if passed else "statistics",
        worst,
        _LIMIT,
        worst / _LIMIT,
    )


def _deviations(kind: str, values: Array) -> tuple[float, ...]:
    shares = values if kind == "uniform" else _normal_shares(values)
    centred = (shares - 0.5) * math.sqrt(12.0)
    count = values.size
    counts = np.bincount(np.clip((shares * _CELLS).astype(int), 0, _CELLS - 1), minlength=_CELLS)
    expected = count / _CELLS
    chi = float(np.sum((counts - expected) ** 2) / expected)
    # Wilson and Hilferty: the cube root of χ²/k is nearly normal.
    freedom = _CELLS - 1
    spread = 2.0 / (9.0 * freedom)
    return (
        float(centred.mean()) * math.sqrt(count),
        # The variance of the square of a uniform number of variance 1 is 4/5.
        float((centred**2).mean() - 1.0) * math.sqrt(count / 0.8),
        float((centred[1:] * centred[:-1]).mean()) * math.sqrt(count - 1),
        ((chi / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread),
    )


def _normal_shares(values: Array) -> Array:
    scaled = (values / math.sqrt(2.0)).tolist()
    return np.fromiter((0.5 * (1.0 + math.erf(x)) for x in scaled), np.float64, values.size)
