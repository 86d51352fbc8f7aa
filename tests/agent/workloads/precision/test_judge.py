"""Verdicts carry the largest error, its bound and its place."""

from __future__ import annotations

import math

import numpy as np

from accelgui.agent.workloads.precision.judge import judge_bound, judge_exact, judge_repeats
from accelgui.model.precision_events import RowVerdict

ZEROS = np.zeros((2, 3))


def test_that_a_mismatch_names_the_largest_error_and_its_place() -> None:
    result = np.array([[0, 1, 0], [0, 0, -5]], np.float32)
    judgement = judge_exact(result, ZEROS.astype(np.int64))
    assert (judgement.verdict, judgement.reason) == (RowVerdict.FAILED, "mismatch")
    assert (judgement.error, judgement.at) == (5.0, (1, 2))


def test_that_minus_zero_is_zero() -> None:
    assert judge_exact(-ZEROS, ZEROS.astype(np.int64)).verdict is RowVerdict.PASSED


def test_that_the_ratio_counts_and_not_the_size_of_the_error() -> None:
    result = np.array([3.0, 0.5])
    judgement = judge_bound(result, np.zeros(2), np.array([10.0, 0.25]))
    assert (judgement.verdict, judgement.reason) == (RowVerdict.FAILED, "over_bound")
    assert (judgement.error, judgement.ratio, judgement.bound) == (3.0, 2.0, 0.25)
    assert judgement.at == (1,)


def test_that_an_error_at_its_bound_passes() -> None:
    judgement = judge_bound(np.ones(1), np.zeros(1), np.ones(1))
    assert (judgement.verdict, judgement.ratio) == (RowVerdict.PASSED, 1.0)


def test_that_nan_comes_before_all_else() -> None:
    judgement = judge_bound(np.array([math.inf, math.nan]), np.zeros(2), np.ones(2))
    assert (judgement.reason, judgement.at) == ("nan", (1,))


def test_that_a_bound_which_is_nan_lets_nothing_pass() -> None:
    judgement = judge_bound(np.zeros(1), np.zeros(1), np.array([math.nan]))
    assert judgement.verdict is RowVerdict.FAILED


def test_that_a_shape_which_would_broadcast_is_wrong() -> None:
    assert judge_bound(np.zeros(()), np.zeros(3), np.ones(3)).reason == "shape"
    assert judge_exact(np.zeros((1, 3)), np.zeros(3)).reason == "shape"


def test_that_repetition_looks_at_bits() -> None:
    first = np.array([0.0, 1.0], np.float32)
    other = np.array([0.0, np.nextafter(np.float32(1), np.float32(2))], np.float32)
    judgement = judge_repeats([first, first.copy(), other])
    assert (judgement.reason, judgement.at) == ("not_repeatable", (1,))
    assert judge_repeats([first, first.copy()]).verdict is RowVerdict.PASSED
    assert judge_repeats([first, -first * -1]).verdict is RowVerdict.PASSED
    assert judge_repeats([np.zeros(1), -np.zeros(1)]).reason == "not_repeatable"


def test_that_a_changing_shape_or_dtype_is_not_repeatable() -> None:
    assert judge_repeats([np.zeros(2), np.zeros(3)]).verdict is RowVerdict.FAILED
    assert judge_repeats([np.zeros(2), np.zeros(2, np.float32)]).verdict is RowVerdict.FAILED
