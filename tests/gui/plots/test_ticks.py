from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.gui.plots.ticks import clock_text, multiples, round_bounds, round_step, time_step

_GIB = 1024.0**3


@pytest.mark.parametrize(
    ("span", "count", "step"), [(100, 4, 25), (100, 5, 20), (3, 3, 1), (0.7, 4, 0.2), (9e6, 3, 5e6)]
)
def test_that_steps_are_round(span: float, count: float, step: float) -> None:
    assert round_step(span, count) == pytest.approx(step)


def test_that_steps_of_bytes_are_round_in_their_binary_unit() -> None:
    assert round_step(10 * _GIB, 4, base=1024.0) == 2.5 * _GIB
    assert round_step(0.4 * _GIB, 2, base=1024.0) == 250 * 1024**2
    assert round_step(1.4 * _GIB, 2, base=1024.0) == _GIB


@given(st.floats(1e-9, 1e15), st.integers(1, 20))
def test_that_a_step_never_makes_more_parts_than_asked_for(span: float, count: int) -> None:
    assert span / round_step(span, count) <= count * (1 + 1e-6)


@given(st.floats(0.01, 1e8), st.integers(1, 20))
def test_that_a_step_of_time_never_makes_more_parts_than_asked_for(
    span_s: float, count: int
) -> None:
    assert span_s / time_step(span_s, count) <= count * (1 + 1e-6)


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_that_bounds_hold_the_data(low: float, length: float) -> None:
    lower, upper = round_bounds(low, low + length)
    assert upper > lower
    invisible = 1e-6 * (upper - lower)
    assert lower <= low + invisible
    assert upper >= low + length - invisible


def test_that_bounds_reach_where_a_quantity_begins_and_ends() -> None:
    assert round_bounds(40.0, 60.0, floor=0.0, ceiling=100.0) == (0.0, 100.0)
    assert round_bounds(0.0, 0.0, floor=0.0) == (0.0, 1.0)


def test_that_bounds_stand_still_while_the_data_moves_a_little() -> None:
    assert round_bounds(0.0, 71.0, floor=0.0) == round_bounds(0.0, 79.0, floor=0.0)


def test_that_multiples_include_both_ends() -> None:
    assert multiples(0.1, 0.0, 0.3) == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert multiples(5.0, -4.0, 4.0) == [0.0]


@pytest.mark.parametrize(
    ("seconds", "step_s", "end_s", "text"),
    [
        (15, 5, 60, "15 s"),
        (0.25, 0.05, 1, "0.25 s"),
        (150, 30, 600, "2:30"),
        (3900, 600, 7200, "1:05:00"),
        (-5, 5, 60, "−5 s"),
        (150.5, 0.5, 600, "2:30.5"),
    ],
)
def test_that_moments_read_like_a_clock(
    seconds: float, step_s: float, end_s: float, text: str
) -> None:
    assert clock_text(seconds, step_s, end_s) == text


@given(st.floats(0, 1e7), st.floats(0.001, 1e5), st.floats(1, 1e7))
def test_that_every_moment_can_be_written(seconds: float, step_s: float, end_s: float) -> None:
    assert clock_text(seconds, step_s, max(end_s, seconds))
