from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor

from accelgui.gui import theme as theme_module
from accelgui.gui.palettes import DARK, DARK_SERIES, LIGHT, LIGHT_SERIES, SERIES_DASHES, Role
from accelgui.gui.theme import theme
from accelgui.gui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

SCHEMES = {"light": LIGHT, "dark": DARK}
SERIES = {"light": LIGHT_SERIES, "dark": DARK_SERIES}

# Words, and the grounds they stand on.
TEXTS = [
    *((role, Role.SURFACE) for role in (Role.TEXT, Role.MUTED, Role.FAINT, Role.ACCENT)),
    *((role, Role.WINDOW) for role in (Role.TEXT, Role.MUTED, Role.FAINT)),
    *((role, Role.SUNKEN) for role in (Role.TEXT, Role.MUTED, Role.FAINT)),
    *((role, Role.HOVER) for role in (Role.TEXT, Role.MUTED)),
    *((role, Role.SURFACE) for role in (Role.GOOD, Role.WARNING, Role.BAD)),
    (Role.GOOD, Role.GOOD_SURFACE),
    (Role.WARNING, Role.WARNING_SURFACE),
    (Role.BAD, Role.BAD_SURFACE),
    (Role.ON_ACCENT, Role.ACCENT),
    (Role.ON_ACCENT, Role.ACCENT_HOVER),
    (Role.MUTED, Role.RAIL),
]


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in QColor(color).getRgbF()[:3]
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_words_can_be_read_on_their_grounds(scheme: str) -> None:
    colors = SCHEMES[scheme]
    weak = {
        (text.value, ground.value): round(contrast(colors[text], colors[ground]), 2)
        for text, ground in TEXTS
        if contrast(colors[text], colors[ground]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_curves_stand_out_from_their_ground(scheme: str) -> None:
    ground = SCHEMES[scheme][Role.SURFACE]
    weak = [color for color in SERIES[scheme] if contrast(color, ground) < 3.0]
    assert weak == []


def test_that_curves_differ_in_more_than_colour() -> None:
    assert len(set(SERIES_DASHES)) == len(SERIES_DASHES) == len(LIGHT_SERIES) == len(DARK_SERIES)
    assert SERIES_DASHES[0] == ()


def test_that_both_schemes_know_every_role() -> None:
    assert set(LIGHT) == set(DARK) == set(Role)


@pytest.mark.parametrize("is_dark", [False, True])
def test_that_the_style_sheet_has_no_unknown_words(is_dark: bool) -> None:
    text = theme_module._style_sheet(is_dark, 10.0)
    assert "@" not in text
    assert "font-size: 9pt" in text


def test_that_the_scheme_changes_live(qtbot: QtBot, qapp: QApplication) -> None:
    label = Label("words")
    qtbot.addWidget(label)
    with qtbot.waitSignal(theme.changed):
        theme.set_appearance("dark")
    assert theme.is_dark
    assert theme.color(Role.TEXT).name() == DARK[Role.TEXT]
    assert label.palette().windowText().color().name() == DARK[Role.TEXT]
    with qtbot.waitSignal(theme.changed):
        theme.set_appearance("light")
    assert label.palette().windowText().color().name() == LIGHT[Role.TEXT]


def test_that_colours_of_curves_repeat_only_after_seven() -> None:
    assert len({theme.series_color(index).name() for index in range(7)}) == 7
    assert theme.series_color(7) == theme.series_color(0)
