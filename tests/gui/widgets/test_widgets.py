from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from accelgui.gui.theme import Role
from accelgui.gui.widgets import (
    Banner,
    Button,
    CodeBlock,
    Command,
    CopyButton,
    EmptyState,
    Label,
    ProgressStrip,
    StatusMark,
)
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.gui.widgets.masonry_layout import MasonryLayout
from accelgui.gui.widgets.sparkline import Sparkline
from accelgui.gui.widgets.tile_layout import TileLayout

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made)
    made.resize(400, 300)
    made.show()
    return made


def put(parent: QWidget, widget: QWidget) -> None:
    parent.layout().addWidget(widget)


def test_that_a_banner_shows_only_what_it_has_to_say(parent: QWidget) -> None:
    banner = Banner()
    put(parent, banner)
    assert not banner.isVisible()
    banner.say(Role.BAD, "The disk is full.", "Open log")
    assert banner.isVisible()
    assert banner.property("role") == "bad"
    assert banner.accessibleName() == "The disk is full."
    banner.say(Role.BAD, "")
    assert not banner.isVisible()


def test_that_only_what_cannot_be_broken_otherwise_gets_breaks(parent: QWidget) -> None:
    path = "/home/ada/projects/of-many-years/and-names/.venv/bin/python"
    chinese = "本机没有图形处理器" * 8
    assert Label(f"{path} {chinese}", parent=parent).text() == f"{path} {chinese}"
    assert Label("x" * 60, parent=parent).text() != "x" * 60


def test_that_a_banner_can_be_dismissed(qtbot: QtBot, parent: QWidget) -> None:
    banner = Banner()
    put(parent, banner)
    banner.say(Role.NEUTRAL, "Words.")
    with qtbot.waitSignal(banner.dismissed):
        qtbot.mouseClick(banner._close, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_that_a_copy_button_says_that_it_copied(qtbot: QtBot, parent: QWidget) -> None:
    button = CopyButton(lambda: "sudo reboot")
    put(parent, button)
    assert button.text() == "Copy"
    button.click()
    assert QGuiApplication.clipboard().text() == "sudo reboot"
    assert button.text() == "Copied"
    button._timer.setInterval(0)
    button._timer.start()
    qtbot.waitUntil(lambda: button.text() == "Copy")


def test_that_a_command_is_copied_as_it_stands(parent: QWidget) -> None:
    text = "printf '%s\\n' \"<b>\" \\\n  && sudo reboot"
    command = Command(text)
    put(parent, command)
    command.findChild(CopyButton).click()
    assert QGuiApplication.clipboard().text() == text
    assert command.findChild(CodeBlock).toPlainText() == text


def test_that_a_code_block_grows_with_its_lines(qtbot: QtBot, parent: QWidget) -> None:
    short, long = CodeBlock("one line"), CodeBlock("/very/long/path" * 30)
    put(parent, short)
    put(parent, long)
    qtbot.waitUntil(lambda: long.height() > 3 * short.height())


def test_that_a_label_never_takes_words_for_markup(parent: QWidget) -> None:
    label = Label("<h1>big</h1>")
    put(parent, label)
    plain = QLabel("x")
    put(parent, plain)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.heightForWidth(400) < 3 * plain.sizeHint().height()


def test_that_a_word_without_end_does_not_widen_the_page(parent: QWidget) -> None:
    label = Label("W" * 500)
    put(parent, label)
    parent.resize(300, 300)
    assert parent.width() == 300
    assert label.heightForWidth(280) > 10 * label.fontMetrics().height()
    assert label.plain == "W" * 500


def test_that_a_name_that_was_shortened_is_whole_in_the_tooltip(parent: QWidget) -> None:
    label = ElidedLabel("<i>" + "name " * 100)
    put(parent, label)
    parent.resize(200, 100)
    assert label.text().endswith("…")
    assert label.toolTip().startswith("‹i›name name")
    assert label.accessibleName().startswith("<i>name")


def test_that_progress_is_told_in_words_and_may_be_cancelled(qtbot: QtBot, parent: QWidget) -> None:
    strip = ProgressStrip()
    put(parent, strip)
    assert not strip.isVisible()
    strip.show_progress("Training", 0.5, 61.2)
    assert strip.isVisible()
    assert strip._left.plain == "about 1 min 01 s left"
    strip.show_progress("Training", 0.5)
    assert strip._left.plain == "50 %"
    strip.show_progress("Starting")
    assert strip._bar.maximum() == 0
    with qtbot.waitSignal(strip.cancelled):
        strip._cancel.click()


def test_that_an_empty_state_has_a_button_only_for_an_action(parent: QWidget) -> None:
    state = EmptyState("search", "Nothing yet", "Start checks forty rows.", "Start")
    put(parent, state)
    assert state._button.isVisibleTo(state)
    state.say("Nothing", "")
    assert not state._button.isVisibleTo(state)
    assert not state._text.isVisibleTo(state)


def test_that_a_status_is_a_word_and_not_only_a_colour(parent: QWidget) -> None:
    mark = StatusMark(Role.GOOD, "passed")
    put(parent, mark)
    assert mark.accessibleName() == "passed"


def test_that_a_button_names_its_shortcut() -> None:
    button = Button(icon="refresh-cw")
    button.explain("Check again", "F5")
    assert button.toolTip() == "Check again (F5)"
    assert button.accessibleName() == "Check again"
    button.deleteLater()


@pytest.mark.parametrize("kind", [TileLayout, MasonryLayout])
@pytest.mark.parametrize(("width", "columns"), [(1000, 4), (620, 3), (410, 2), (120, 1)])
def test_that_tiles_share_the_width_and_do_not_overlap(
    qtbot: QtBot, kind: type[TileLayout], width: int, columns: int
) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = kind(200, 5, most_columns=4)
    holder.setLayout(layout)
    tiles = [Label("words " * (3 * number + 1)) for number in range(8)]
    for tile in tiles:
        layout.addWidget(tile)
    holder.resize(width, layout.heightForWidth(width))
    holder.show()
    assert len({tile.x() for tile in tiles}) == columns
    assert max(tile.geometry().bottom() for tile in tiles) < holder.height()
    for number, tile in enumerate(tiles):
        assert not any(tile.geometry().intersects(o.geometry()) for o in tiles[number + 1 :])


def test_that_a_sparkline_leaves_a_gap_where_nothing_was_reported(parent: QWidget) -> None:
    line = Sparkline()
    put(parent, line)
    for value in (10.0, None, 50.0, 200.0):
        line.add(value, 100.0)
    points = line._points()
    assert points[1] is None
    assert points[3] is not None
    assert points[3].y() == pytest.approx(1.5)
    assert points[3].x() == pytest.approx(line.width())
    assert not line.grab().isNull()


def test_that_a_button_keeps_its_shortcut_when_its_words_change(qtbot: QtBot) -> None:
    button = Button("Start")
    qtbot.addWidget(button)
    button.setShortcut("Ctrl+Return")
    button.setText("开始")
    assert button.shortcut().toString() == "Ctrl+Return"
