from __future__ import annotations

import pytest

from accelgui.gui.plots.span import TimeSpan


def test_that_a_followed_span_grows_before_the_data_reaches_its_end_and_not_at_every_step() -> None:
    span, ends = TimeSpan(), set()
    for tenth in range(10, 1200):
        span = span.grown(tenth / 10)
        assert span.end_s >= tenth / 10
        ends.add(span.end_s)
    assert len(ends) < 20


def test_that_a_shorter_run_gets_a_shorter_span() -> None:
    assert TimeSpan(0.0, 100.0).grown(5.0).end_s == 10.0


def test_that_zoom_and_pan_end_the_following() -> None:
    zoomed = TimeSpan(0.0, 10.0).zoomed(0.5, 4.0)
    assert (zoomed.start_s, zoomed.end_s, zoomed.is_following) == (2.0, 7.0, False)
    panned = TimeSpan(0.0, 10.0).panned(3.0)
    assert (panned.start_s, panned.end_s, panned.is_following) == (3.0, 13.0, False)


def test_that_a_fitted_span_shows_all_and_follows_again() -> None:
    assert TimeSpan(3.0, 4.0, is_following=False).fitted(12.0) == TimeSpan(0.0, 15.0)
    assert TimeSpan().fitted(None) == TimeSpan()


def test_that_a_complete_run_fills_its_plot() -> None:
    assert TimeSpan().fitted(12.0, is_complete=True).end_s == pytest.approx(12.0, rel=0.02)


@pytest.mark.parametrize("factor", [1e-9, 1e12])
def test_that_nobody_can_zoom_into_nothing_or_out_of_the_world(factor: float) -> None:
    assert TimeSpan(0.0, 10.0).zoomed(factor, 5.0) == TimeSpan(0.0, 10.0)
