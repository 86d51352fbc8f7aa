from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import runs
from PySide6.QtCore import Qt, QTimer

from accelgui.gui.plots.error_plot import ErrorPlot
from accelgui.gui.theme import theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def plot(qtbot: QtBot) -> ErrorPlot:
    made = ErrorPlot()
    qtbot.addWidget(made)
    made.resize(500, 260)
    made.show()
    made.sync(runs.ROWS)
    qtbot.waitUntil(lambda: len(made.drawn_points) == len(runs.ROWS))
    return made


def test_that_a_click_on_a_dot_chooses_its_row(qtbot: QtBot, plot: ErrorPlot) -> None:
    with qtbot.waitSignal(plot.row_chosen) as chosen:
        at = plot.position_of(2).toPoint()
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [2]


def test_that_failures_are_crosses_and_exact_rows_are_hollow(plot: ErrorPlot) -> None:
    spots = plot._marks.points()
    assert [spot.symbol() for spot in spots][-2:] == ["x", "x"]
    assert spots[0].brush().color() != spots[1].brush().color()
    assert spots[0].pen().color() == spots[1].pen().color() == theme.series_color(1)


def test_that_marks_are_painted_once_and_not_each_time(plot: ErrorPlot) -> None:
    before = list(plot._marks.data["pen"])
    plot.redraw()
    assert all(pen is old for pen, old in zip(plot._marks.data["pen"], before, strict=True))


def test_that_formats_differ_in_colour_and_mark(plot: ErrorPlot) -> None:
    float32, tf32 = plot._marks.points()[1:3]
    assert float32.symbol() != tf32.symbol()
    assert float32.brush().color() != tf32.brush().color()


def test_that_the_dots_take_the_colours_of_a_new_scheme(plot: ErrorPlot) -> None:
    theme.set_appearance("dark")
    assert plot._marks.points()[1].brush().color() == theme.series_color(1)


def test_that_a_hidden_plot_waits(qtbot: QtBot, plot: ErrorPlot) -> None:
    plot.hide()
    plot.sync(runs.ROWS[:2])
    assert len(plot.drawn_points) == len(runs.ROWS)
    plot.show()
    qtbot.waitUntil(lambda: len(plot.drawn_points) == 2)


def test_that_rows_that_come_without_a_pause_are_drawn_all_the_same(
    qtbot: QtBot, plot: ErrorPlot
) -> None:
    plot.sync(runs.ROWS[:1])
    feeder = QTimer(interval=1)
    feeder.timeout.connect(lambda: plot.sync(runs.ROWS[:1]))
    feeder.start()
    qtbot.waitUntil(lambda: len(plot.drawn_points) == 1)
    feeder.stop()
