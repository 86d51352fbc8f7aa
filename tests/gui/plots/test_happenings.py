from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.gui.plots import quantities
from accelgui.gui.plots.happenings import Band, Moment
from accelgui.gui.plots.panel import Panel
from accelgui.gui.plots.specs import PanelSpec, Track
from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QColor
    from pytestqt.qtbot import QtBot


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    spec = PanelSpec("clock", lambda: "Clock", quantities.CLOCK, (Track("sm", lambda: "SMs"),))
    made = Panel(spec)
    qtbot.addWidget(made)
    made.resize(600, 160)
    made.set_span(0.0, 100.0)
    made.show()
    qtbot.waitExposed(made)
    return made


def color_at(panel: Panel, time_s: float) -> QColor:
    """Return the colour a little above the middle of the plot at a moment."""
    left, width = panel.area_px
    x = round(left + time_s / 100 * width)
    return panel.grab().toImage().pixelColor(x, 85)


def is_band(color: QColor) -> bool:
    expected = theme.surface(Role.WARNING)
    parts = ("red", "green", "blue")
    return all(abs(getattr(color, part)() - getattr(expected, part)()) <= 8 for part in parts)


def test_that_a_band_covers_its_time_and_no_more(panel: Panel) -> None:
    panel.happenings.show([Band(20.0, 40.0, "power limit")], [])
    assert is_band(color_at(panel, 36.0))
    assert not is_band(color_at(panel, 16.0))
    assert not is_band(color_at(panel, 44.0))


def test_that_bands_over_each_other_are_as_light_as_one(panel: Panel) -> None:
    panel.happenings.show([Band(20.0, 40.0, "a")], [])
    alone = color_at(panel, 36.0)
    panel.happenings.show([Band(20.0, 40.0, "a"), Band(10.0, 60.0, "b"), Band(30.0, 38.0, "c")], [])
    assert color_at(panel, 36.0) == alone
    assert is_band(color_at(panel, 56.0))


def test_that_a_band_of_a_moment_is_still_seen(panel: Panel) -> None:
    panel.happenings.show([Band(50.0, 50.0, "power limit")], [])
    assert any(is_band(color_at(panel, 50.0 + shift / 10)) for shift in range(-3, 6))


def test_that_a_mark_has_a_line_at_its_moment(panel: Panel) -> None:
    before = color_at(panel, 33.0)
    panel.happenings.show([], [Moment(33.0, "Epoch 1")])
    left, width = panel.area_px
    x = round(left + 0.33 * width)
    image = panel.grab().toImage()
    seen = {image.pixelColor(x + dx, y).name() for dx in (-1, 0, 1) for y in range(70, 100)}
    assert len(seen - {before.name()}) > 0
