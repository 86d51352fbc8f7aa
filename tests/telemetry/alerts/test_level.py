from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.telemetry.alerts.level import Band, Change, Level

HOT = Band(raise_at=85.0, clear_at=80.0, raise_after_s=5.0, clear_after_s=10.0)


def changes(
    band: Band, values: list[float | None], step_s: float = 1.0
) -> list[tuple[float, Change]]:
    level, told = Level(band), []
    for number, value in enumerate(values):
        change = level.take(number * step_s, value)
        if change is not None:
            told.append((number * step_s, change))
    return told


def test_that_a_short_peak_raises_nothing() -> None:
    assert changes(HOT, [70.0, 90.0, 90.0, 90.0, 90.0, 70.0, 90.0, 70.0]) == []


def test_that_a_value_that_stays_up_raises_once() -> None:
    assert changes(HOT, [90.0] * 50) == [(5.0, Change.RAISED)]


def test_that_what_is_between_the_two_levels_changes_nothing() -> None:
    assert changes(HOT, [82.0] * 50) == []
    assert changes(HOT, [90.0] * 6 + [82.0] * 50) == [(5.0, Change.RAISED)]


def test_that_it_clears_only_after_some_time_below() -> None:
    dips = [90.0] * 6 + [75.0] * 9 + [82.0] + [75.0] * 20
    assert changes(HOT, dips) == [(5.0, Change.RAISED), (26.0, Change.CLEARED)]


def test_that_start_end_and_peak_are_those_of_the_values() -> None:
    level = Level(HOT)
    for number, value in enumerate([70.0, 86.0, 87.0, 91.0, 88.0, 88.0, 88.0, *[79.0] * 11]):
        level.take(100.0 + number, value)
    assert (level.start_s, level.end_s, level.peak) == (101.0, 107.0, 91.0)


def test_that_a_low_value_raises_where_low_is_bad() -> None:
    disk = Band(raise_at=2.0, clear_at=3.0, is_below=True)
    assert changes(disk, [5.0, 2.5, 1.0, 2.5, 0.5, 4.0]) == [
        (2.0, Change.RAISED), (5.0, Change.CLEARED),
    ]  # fmt: skip


def test_that_an_unknown_value_neither_raises_nor_clears() -> None:
    assert changes(HOT, [90.0, None] * 20) == []
    assert changes(HOT, [90.0] * 6 + [75.0, None] * 20) == [(5.0, Change.RAISED)]


def test_that_long_silence_ends_what_is_raised_where_it_was_last_seen() -> None:
    level = Level(HOT)
    for number in range(10):
        level.take(float(number), 90.0)
    assert level.take(60.0, None) is None
    assert level.take(70.0, None) is Change.CLEARED
    assert level.end_s == 9.0


def test_that_a_lost_device_stays_lost_however_silent_it_is() -> None:
    lost = Level(Band(1.0, 0.0, silence_s=None))
    assert lost.take(0.0, 1.0) is Change.RAISED
    assert lost.take(86_400.0, None) is None
    assert lost.is_raised


def test_that_a_machine_that_slept_was_not_hot_all_night() -> None:
    level = Level(HOT)
    for number in range(3):
        level.take(float(number), 90.0)
    assert level.take(30_000.0, 90.0) is None
    assert level.take(30_005.0, 90.0) is Change.RAISED


def test_that_a_slow_pace_is_no_silence() -> None:
    assert changes(HOT, [90.0] * 5, step_s=60.0) == [(120.0, Change.RAISED)]


@pytest.mark.parametrize("is_below", [False, True])
def test_that_one_level_for_both_is_refused(is_below: bool) -> None:
    with pytest.raises(ValueError, match="another level"):
        Band(80.0, 80.0, is_below=is_below)


@st.composite
def walks(draw: st.DrawFn) -> tuple[Band, list[tuple[float, float | None]]]:
    """Return a band, and a random walk around it with gaps, at an uneven pace."""
    gap = draw(st.floats(0.5, 10.0))
    is_below = draw(st.booleans())
    band = Band(
        raise_at=50.0,
        clear_at=50.0 + gap if is_below else 50.0 - gap,
        raise_after_s=draw(st.sampled_from([0.0, 1.0, 5.0])),
        clear_after_s=draw(st.sampled_from([0.0, 2.0, 10.0])),
        is_below=is_below,
        silence_s=draw(st.sampled_from([None, 20.0])),
    )
    steps = draw(
        st.lists(
            st.tuples(st.floats(0.05, 3.0), st.floats(-6.0, 6.0), st.integers(0, 12)), max_size=120
        )
    )
    time_s, value, points = 0.0, draw(st.floats(40.0, 60.0)), []
    for step_s, change, gap_die in steps:
        time_s, value = time_s + step_s, value + change
        points.append((time_s, None if gap_die == 0 else value))
    return band, points


@given(walks())
def test_that_a_random_walk_never_makes_it_flap(
    walk: tuple[Band, list[tuple[float, float | None]]],
) -> None:
    band, points = walk
    level, told = Level(band), []
    for time_s, value in points:
        change = level.take(time_s, value)
        if change is not None:
            told.append((time_s, change, level.start_s, level.peak))

    sign = -1.0 if band.is_below else 1.0
    for number, (time_s, change, start_s, peak) in enumerate(told):
        # Raised and cleared take turns, beginning with raised.
        assert change is (Change.RAISED, Change.CLEARED)[number % 2]
        before_s = told[number - 1][0] if number else -math.inf
        if change is Change.RAISED:
            held = [v for t, v in points if start_s <= t <= time_s]
            assert all(v is not None and sign * v >= sign * band.raise_at for v in held)
            assert time_s - start_s >= band.raise_after_s
            assert start_s > before_s
        else:
            seen = [v for t, v in points if start_s <= t <= time_s and v is not None]
            assert peak == (min(seen) if band.is_below else max(seen))
            assert level_was_left(band, points, before_s, time_s, sign)


def level_was_left(
    band: Band,
    points: list[tuple[float, float | None]],
    raised_s: float,
    cleared_s: float,
    sign: float,
) -> bool:
    """Was the value back for long enough before it was cleared, or nothing known for long?"""
    last = [(t, v) for t, v in points if raised_s < t <= cleared_s]
    known = [t for t, v in points if v is not None and t <= cleared_s]
    if band.silence_s is not None and cleared_s - known[-1] > band.silence_s:
        return True
    back_s = cleared_s
    for time_s, value in reversed(last):
        if value is None or sign * value > sign * band.clear_at:
            break
        back_s = time_s
    return cleared_s - back_s >= band.clear_after_s
