from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from accelgui.gui import language
from accelgui.gui.pages.training.panels import PANELS
from accelgui.gui.plots.time_plots import TimePlots
from accelgui.telemetry import WholeSeries

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def plots(qtbot: QtBot) -> TimePlots:
    made = TimePlots(PANELS, lambda run: f"run {run}")
    qtbot.addWidget(made)
    made.resize(560, 460)
    made.show()
    made.stack.add_run("a")
    loss = WholeSeries()
    for time_s, value in ((10.0, 2.0), (11.0, None), (12.0, 0.5)):
        loss.append(time_s, value)
    made.stack.add_curve("a", "loss", "training", loss, 10.0)
    return made


def test_that_values_are_saved_with_gaps_as_gaps(plots: TimePlots, tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    plots.save("csv", path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["run", "quantity", "series", "time_s", "value"],
        ["run a", "loss", "training", "0.000000", "2"],
        ["run a", "loss", "training", "1.000000", ""],
        ["run a", "loss", "training", "2.000000", "0.5"],
    ]


def test_that_only_the_values_in_view_are_saved_where_that_is_asked(
    plots: TimePlots, tmp_path: Path
) -> None:
    path = tmp_path / "values.csv"
    plots.stack.zoom(0.01, 2.0)
    plots.save("view.csv", path)
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["run a,loss,training,2.000000,0.5"]


def test_that_pictures_are_saved(plots: TimePlots, tmp_path: Path) -> None:
    plots.save("png", tmp_path / "plots.png")
    assert QImage(str(tmp_path / "plots.png")).width() == 2 * plots.stack.body.width()
    plots.save("svg", tmp_path / "plots.svg")
    assert QSvgRenderer(str(tmp_path / "plots.svg")).isValid()


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_that_a_place_that_cannot_be_written_is_told_in_words(
    qtbot: QtBot, plots: TimePlots, tmp_path: Path, kind: str
) -> None:
    with qtbot.waitSignal(plots.trouble) as told:
        plots.save(kind, tmp_path / "nowhere" / "file")
    assert "cannot be written" in told.args[0]


def test_that_the_menu_speaks_our_words(plots: TimePlots) -> None:
    words = [action.text() for action in plots.menu().actions() if action.text()]
    assert words == [
        "Show all",
        "Follow",
        "Save picture (PNG)…",
        "Save picture (SVG)…",
        "Save all values (CSV)…",
        "Save values in view (CSV)…",
        "Save all values (JSON)…",
    ]


def test_that_keys_read_zoom_and_fit(qtbot: QtBot, plots: TimePlots) -> None:
    whole = plots.stack.span
    qtbot.keyClick(plots, Qt.Key.Key_Right)
    assert plots.stack.panels["loss"]._cursor_s is not None
    qtbot.keyClick(plots, Qt.Key.Key_Escape)
    assert plots.stack.panels["loss"]._cursor_s is None
    qtbot.keyClick(plots, Qt.Key.Key_Plus)
    assert plots.stack.span.end_s - plots.stack.span.start_s < whole.end_s
    qtbot.keyClick(plots, Qt.Key.Key_Home)
    assert plots.stack.is_following


def test_that_every_word_follows_the_language(qtbot: QtBot, plots: TimePlots) -> None:
    language.speak("en")
    plots.retranslate()
    assert plots.stack.panels["loss"].accessibleName() == "Loss"
