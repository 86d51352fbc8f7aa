"""Products too large for a reference, checked by what they do to vectors (Freivalds)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.inputs import nonzero
from accelgui.agent.workloads.precision.judge import Judgement, largest
from accelgui.model.precision_events import RowVerdict

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array

# So large that two wrong elements do not cancel, so small that all sums stay below 2⁵³.
_LARGEST_WEIGHT = 2**15


def small_integers(
    rng: np.random.Generator, shapes: tuple[tuple[int, ...], ...]
) -> tuple[Array, ...]:
    """Return integers of −15 to 15: 4096 products of them need 20 bits, which is always exact."""
    return tuple(nonzero(rng, 15, shape) for shape in shapes)


def judge_projection(
    left: Array, right: Array, result: Array, rng: np.random.Generator
) -> Judgement:
    """Compare result·x with left·(right·x), and the same from the other side.

    All numbers are integers in float64, so that any difference is an error: one wrong element
    shows, however small its error; several in one row escape with a chance of 2⁻¹⁵.
    """
    shape = (left.shape[0], right.shape[1])
    if result.shape != shape:
        return Judgement(RowVerdict.FAILED, "shape")
    # Column by column of a few weights at once, not as float64 copies of 4096².
    across = nonzero(rng, _LARGEST_WEIGHT, (shape[1], 2))
    down = nonzero(rng, _LARGEST_WEIGHT, (shape[0], 2))
    wide = np.asarray(result, np.float64)
    for reason, bad in (("nan", np.isnan(wide)), ("inf", np.isinf(wide))):
        if bad.any():
            return Judgement(RowVerdict.FAILED, reason, at=largest(bad))
    rows = np.abs(wide @ across - left @ (right @ across)).max(axis=1)
    columns = np.abs(wide.T @ down - right.T @ (left.T @ down)).max(axis=1)
    if not rows.any() and not columns.any():
        return Judgement(RowVerdict.PASSED, error=0.0, bound=0.0)
    at = (*largest(rows), *largest(columns))
    error = abs(float(wide[at]) - float(left[at[0]] @ right[:, at[1]]))
    return Judgement(RowVerdict.FAILED, "mismatch", error, 0.0, at=at)
