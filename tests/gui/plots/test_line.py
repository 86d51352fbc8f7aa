from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor, QPen

from accelgui.gui.plots.line import Line

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

WIDTH_PX, HEIGHT_PX = 200, 100


@pytest.fixture
def line(qtbot: QtBot) -> Line:
    """A line in a plot of one pixel a second, from 0 to 100 in height."""
    plot = pg.PlotWidget(background="white")
    qtbot.addWidget(plot)
    plot.hideAxis("left")
    plot.hideAxis("bottom")
    plot.plotItem.layout.setContentsMargins(0, 0, 0, 0)
    plot.resize(WIDTH_PX, HEIGHT_PX)
    plot.setRange(xRange=(0, WIDTH_PX), yRange=(0, HEIGHT_PX), padding=0)
    line = Line()
    pen = QPen(QColor("black"), 1.0)
    pen.setCosmetic(True)
    line.set_pen(pen)
    plot.plotItem.vb.addItem(line, ignoreBounds=True)
    plot.show()
    line.plot = plot
    return line


def ink(line: Line) -> np.ndarray:
    """Return how dark each pixel is, shape [height, width], 0 to 1."""
    image = line.plot.grab().toImage()
    rows = range(image.height())
    return np.array([
        [1 - image.pixelColor(x, y).lightnessF() for x in range(image.width())] for y in rows
    ])


def test_that_points_are_joined_across_the_plot(line: Line) -> None:
    line.set_points(np.array([0.0, 200.0]), np.array([50.0, 50.0]))
    dark = ink(line).sum(axis=0)
    assert (dark[5:195] > 0.5).all()


def test_that_a_gap_parts_the_line(line: Line) -> None:
    values = np.full(200, 50.0)
    values[80:120] = np.nan
    line.set_points(np.arange(200.0), values)
    dark = ink(line).sum(axis=0)
    assert (dark[5:75] > 0.5).all()
    assert (dark[85:115] == 0).all()
    assert (dark[125:195] > 0.5).all()


def test_that_a_value_alone_between_gaps_is_seen(line: Line) -> None:
    line.set_points(np.array([50.0, 100.0, 150.0]), np.array([np.nan, 50.0, np.nan]))
    dark = ink(line)
    assert dark[:, 95:106].sum() > 0.5
    assert dark[:, :90].sum() == 0


def test_that_what_lies_far_outside_is_left_and_comes_back_at_the_right_place(line: Line) -> None:
    line.set_points(np.array([0.0, 100.0, 100.0, 200.0]), np.array([50.0, 50.0, 1e12, 1e12]))
    dark = ink(line)
    assert (dark[:, 5:95].sum(axis=0) > 0.5).all()
    assert (dark[:, 105:].sum(axis=0) == 0).all()
    assert dark[10:45, 98:103].sum(axis=1).all()


def test_that_a_long_line_covers_every_height_between_its_ends(line: Line) -> None:
    times = np.repeat(np.arange(200.0), 2)
    line.set_points(times, np.tile([20.0, 80.0], 200))
    dark = ink(line)
    assert (dark[25:75, 5:195] > 0.9).all()
    assert dark[:15].sum() == dark[85:].sum() == 0
