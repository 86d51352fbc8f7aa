from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.telemetry import RecentSeries, Series, WholeSeries

_VALUE = st.none() | st.floats(-1e12, 1e12)


@pytest.mark.parametrize("cls", [RecentSeries, WholeSeries])
class TestEverySeries:
    def test_that_nothing_yet_is_empty_and_reads_as_none(self, cls: type[Series]) -> None:
        series = cls()
        assert len(series) == 0
        assert series.last is None
        assert series.value_near(0.0) is None

    def test_that_what_is_not_reported_or_not_finite_is_a_gap(self, cls: type[Series]) -> None:
        series = cls()
        for time_s, value in enumerate([1.0, None, math.nan, math.inf, 0.0]):
            series.append(time_s, value)
        assert np.isnan(series.values).tolist() == [False, True, True, True, False]
        assert series.value_near(1.0) is None
        assert series.last == 0.0

    def test_that_time_goes_forward_only(self, cls: type[Series]) -> None:
        series = cls()
        assert series.append(2.0, 1.0)
        assert not series.append(1.0, 5.0)
        assert not series.append(math.nan, 5.0)
        assert series.append(2.0, 3.0)
        assert series.values.tolist() == [1.0, 3.0]

    def test_that_the_nearest_moment_is_read(self, cls: type[Series]) -> None:
        series = cls()
        for time_s in range(5):
            series.append(time_s, 10.0 * time_s)
        assert series.value_near(1.4) == 10.0
        assert series.value_near(1.6) == 20.0
        assert series.value_near(4.1) is None

    def test_that_a_million_points_take_flat_memory(self, cls: type[Series]) -> None:
        series = cls(limit=1000)
        for time_s in range(100_000):
            series.append(time_s, math.sin(time_s))
        assert len(series) <= 1000
        assert len(series._times) <= 2000
        assert series.last == math.sin(99_999)
        assert series.revision == 100_000

    def test_that_a_limit_of_nothing_is_refused(self, cls: type[Series]) -> None:
        with pytest.raises(ValueError, match="at least 8"):
            cls(limit=1)


@given(st.lists(_VALUE, max_size=200), st.integers(8, 64))
def test_that_a_recent_series_holds_the_newest_points_unchanged(
    values: list[float | None], limit: int
) -> None:
    series = RecentSeries(limit)
    for time_s, value in enumerate(values):
        series.append(time_s, value)
    expected = [math.nan if value is None else value for value in values[-limit:]]
    assert np.array_equal(series.values, expected, equal_nan=True)
    assert series.times.tolist() == list(range(len(values)))[-limit:]


@given(st.lists(_VALUE, min_size=1, max_size=400), st.integers(8, 64))
def test_that_a_whole_series_keeps_its_ends_and_peaks(
    values: list[float | None], limit: int
) -> None:
    series = WholeSeries(limit)
    for time_s, value in enumerate(values):
        series.append(time_s, value)
    assert len(series) <= limit
    assert series.times[0] == 0
    assert series.times[-1] == len(values) - 1
    assert np.all(np.diff(series.times) > 0)
    finite = [value for value in values if value is not None]
    if finite:
        assert np.nanmin(series.values) == min(finite)
        assert np.nanmax(series.values) == max(finite)
