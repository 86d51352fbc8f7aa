"""Compare results with what they should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.model.precision_events import RowVerdict

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array


@dataclass(frozen=True)
class Judgement:
    """A verdict with the largest error and where it is; see PrecisionRow."""

    verdict: RowVerdict
    reason: Optional[str] = None
    error: Optional[float] = None
    bound: Optional[float] = None
    ratio: Optional[float] = None
    at: tuple[int, ...] = ()
    message: Optional[str] = None


def judge_exact(result: Array, expected: Array) -> Judgement:
    """Ask for equality with integers. −0 equals 0: both are right where nothing was added."""
    fault = fault_of(result, expected)
    if fault is not None:
        return fault
    errors = np.abs(result.astype(np.float64) - expected)
    at = largest(errors)
    if errors[at] == 0:
        return Judgement(RowVerdict.PASSED, error=0.0, bound=0.0)
    return Judgement(RowVerdict.FAILED, "mismatch", float(errors[at]), 0.0, at=at)


def judge_bound(result: Array, expected: Array, allowed: Array) -> Judgement:
    """Ask for |result − expected| ≤ allowed at each element."""
    fault = fault_of(result, expected)
    if fault is not None:
        return fault
    errors = np.abs(result.astype(expected.dtype) - expected)
    ratios = np.asarray(errors / allowed, np.float64)
    at = largest(ratios)
    ratio = float(ratios[at])
    # Written so that a NaN, from wherever, is not within the bound.
    within = ratio <= 1.0
    return Judgement(
        RowVerdict.PASSED if within else RowVerdict.FAILED,
        None if within else "over_bound",
        float(np.max(errors)),
        float(allowed[at]),
        ratio,
        at,
    )


def judge_repeats(results: list[Array]) -> Judgement:
    """Ask for the same bits each time."""
    first = results[0]
    for again in results[1:]:
        if again.shape != first.shape or again.dtype != first.dtype:
            return Judgement(RowVerdict.FAILED, "shape")
        differing = _differing(first, again)
        if differing is not None:
            error = abs(float(first[differing]) - float(again[differing]))
            return Judgement(RowVerdict.FAILED, "not_repeatable", error, 0.0, at=differing)
    return Judgement(RowVerdict.PASSED, error=0.0, bound=0.0)


def judge_special(result: Array, expected: Array, allowed: Array, *, signs: bool) -> Judgement:
    """Ask for NaN, infinities and zeros where IEEE 754 has them, and `allowed` elsewhere.

    Where `signs` is set, zeros have their sign.
    """
    if result.shape != expected.shape:
        return Judgement(RowVerdict.FAILED, "shape")
    got = result.astype(np.float64)
    with np.errstate(invalid="ignore"):
        wrong = np.where(np.isnan(expected), ~np.isnan(got), np.isnan(got))
        wrong |= np.isinf(expected) & (got != expected)
        wrong |= np.isfinite(expected) & ~(np.abs(got - expected) <= allowed)
    if signs:
        wrong |= (expected == 0) & (np.signbit(got) != np.signbit(expected))
    if not wrong.any():
        return Judgement(RowVerdict.PASSED)
    at = largest(wrong)
    message = f"{float(got[at]):g} instead of {float(expected[at]):g}"
    return Judgement(RowVerdict.FAILED, "special", at=at, message=message)


def worst(judgements: list[Judgement]) -> int:
    """Return the number of the judgement that says most: a failure, else the largest ratio."""

    def weight(number: int) -> tuple[int, float]:
        judgement = judgements[number]
        order = (RowVerdict.PASSED, RowVerdict.LOWER, RowVerdict.FAILED)
        ratio = -1.0 if judgement.ratio is None else judgement.ratio
        return order.index(judgement.verdict), ratio

    return max(range(len(judgements)), key=weight)


def fault_of(result: Array, expected: Array) -> Optional[Judgement]:
    """Return the judgement of what is wrong whatever the numbers are."""
    if result.shape != expected.shape:
        return Judgement(RowVerdict.FAILED, "shape")
    for reason, bad in (("nan", np.isnan(result)), ("inf", np.isinf(result))):
        if bad.any():
            return Judgement(RowVerdict.FAILED, reason, at=largest(bad))
    return None


def _differing(first: Array, again: Array) -> Optional[tuple[int, ...]]:
    if first.tobytes() == again.tobytes():
        return None
    bits = f"u{first.dtype.itemsize}"
    flat = np.frombuffer(first.tobytes(), bits) != np.frombuffer(again.tobytes(), bits)
    return _index(int(np.argmax(flat)), first.shape)


def largest(values: Array) -> tuple[int, ...]:
    """Return the index of the largest value."""
    return _index(int(np.argmax(values)), values.shape)


def _index(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(number) for number in np.unravel_index(flat, shape))
