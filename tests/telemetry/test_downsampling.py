from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from accelgui.telemetry.downsampling import (
    POINTS_PER_BUCKET,
    finite_range,
    outline,
    peaks,
    within,
)

_VALUES = st.integers(1, 400).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.floats(0, 1e6)).map(np.sort),
        arrays(np.float64, n, elements=st.floats(-1e9, 1e9) | st.just(float("nan"))),
    )
)


@given(_VALUES, st.integers(1, 40))
def test_that_few_points_are_left_and_all_were_given(
    points: tuple[np.ndarray, np.ndarray], buckets: int
) -> None:
    times, values = points
    kept_times, kept_values = peaks(times, values, buckets)
    assert len(kept_times) == len(kept_values) <= POINTS_PER_BUCKET * buckets
    given_points = set(zip(times.tolist(), map(str, values.tolist()), strict=True))
    kept_points = set(zip(kept_times.tolist(), map(str, kept_values.tolist()), strict=True))
    assert kept_points <= given_points
    assert np.all(np.diff(kept_times) >= 0)


@given(_VALUES, st.integers(1, 40))
def test_that_ends_and_peaks_survive(points: tuple[np.ndarray, np.ndarray], buckets: int) -> None:
    times, values = points
    kept_times, kept_values = peaks(times, values, buckets)
    assert (kept_times[0], kept_times[-1]) == (times[0], times[-1])
    assert finite_range(kept_values) == finite_range(values)


@given(_VALUES, st.integers(1, 40))
def test_that_a_curve_with_gaps_keeps_gaps(
    points: tuple[np.ndarray, np.ndarray], buckets: int
) -> None:
    times, values = points
    _, kept = peaks(times, values, buckets)
    assert np.isnan(kept).any() == np.isnan(values).any()


def test_that_a_spike_of_one_point_in_a_million_is_seen() -> None:
    values = np.zeros(1_000_000)
    values[654_321] = 7.0
    times, kept = peaks(np.arange(1e6), values, 500)
    assert kept.max() == 7.0
    assert times[kept.argmax()] == 654_321


def test_that_no_bucket_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="at least one bucket"):
        peaks(np.zeros(2), np.zeros(2), 0)


@given(_VALUES, st.integers(1, 40))
def test_that_an_outline_is_short_and_as_high_and_low_as_the_line(
    points: tuple[np.ndarray, np.ndarray], columns: int
) -> None:
    times, values = points
    drawn_times, drawn = outline(times, values, 0.0, 1e6, columns)
    # Points right of the last column make one of their own.
    assert len(drawn_times) == len(drawn) <= 3 * (columns + 1)
    assert np.all(np.diff(drawn_times) >= 0)
    assert finite_range(drawn) == finite_range(values)


def test_that_columns_stay_where_they_are_while_points_come() -> None:
    times, values = np.arange(900.0), np.sin(np.arange(900.0))
    before_times, before = outline(times[:800], values[:800], 0.0, 1000.0, 100)
    after_times, after = outline(times, values, 0.0, 1000.0, 100)
    assert after_times[: len(before)].tolist() == before_times.tolist()
    assert after[: len(before)].tolist() == before.tolist()


def test_that_a_silence_parts_an_outline_even_where_its_gap_shares_a_column() -> None:
    times = np.concatenate((np.arange(400.0), [399.0], np.arange(600.0, 1000.0)))
    values = np.concatenate((np.ones(400), [np.nan], np.ones(400)))
    drawn_times, drawn = outline(times, values, 0.0, 1000.0, 100)
    (gap,) = np.flatnonzero(np.isnan(drawn))
    assert drawn_times[gap] < 400.0
    assert drawn_times[gap + 1] > 600.0


def test_that_no_column_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        outline(np.zeros(2), np.zeros(2), 0.0, 1.0, 0)


def test_that_a_span_comes_with_a_neighbour_on_either_side() -> None:
    times = np.arange(10.0)
    seen, _ = within(times, times, 3.5, 5.5)
    assert seen.tolist() == [3.0, 4.0, 5.0, 6.0]
    everything, _ = within(times, times, -5.0, 50.0)
    assert len(everything) == 10


def test_that_nothing_finite_has_no_range() -> None:
    assert finite_range(np.array([np.nan, np.inf])) is None
