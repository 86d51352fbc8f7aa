from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox

from accelgui.gui.pages.settings import SettingsPage
from accelgui.gui.pages.settings.option_row import CONTROL_WIDTH
from accelgui.gui.theme import theme
from accelgui.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session


@pytest.fixture
def page(qtbot: QtBot, session: Session, tmp_path: Path) -> SettingsPage:
    session.settings = Settings.load(tmp_path / "settings.json")
    made = SettingsPage(session)
    qtbot.addWidget(made)
    made.retranslate()
    made.show()
    return made


def choose(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_that_dark_takes_effect_at_once_and_is_kept(page: SettingsPage, tmp_path: Path) -> None:
    choose(page.appearance, "dark")
    assert theme.is_dark
    kept = json.loads((tmp_path / "settings.json").read_text(encoding="utf-8"))
    assert kept == {"schema": 1, "appearance": "dark"}


def test_that_the_source_language_can_always_be_chosen(page: SettingsPage) -> None:
    choose(page.language, "en")
    assert page.session.settings.language == "en"


def test_that_what_was_chosen_before_is_shown(qtbot: QtBot, session: Session) -> None:
    session.settings.appearance = "light"
    page = SettingsPage(session)
    qtbot.addWidget(page)
    assert page.appearance.currentData() == "light"


def test_that_a_folder_which_cannot_be_written_is_said_in_place(
    page: SettingsPage, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    page.session.settings.path = tmp_path / "file" / "settings.json"
    choose(page.appearance, "light")
    assert page.problem.isVisible()
    assert "cannot be kept" in page.problem.text


def test_that_a_refused_python_is_said_in_place(page: SettingsPage, tmp_path: Path) -> None:
    page.python.choose(str(tmp_path))
    assert "is a folder" in page.problem.text


def test_that_every_box_is_as_wide_as_the_others(page: SettingsPage) -> None:
    page.resize(900, 700)
    QApplication.processEvents()
    boxes = page.findChildren(QComboBox)
    assert {box.width() for box in boxes} == {CONTROL_WIDTH}
    # The row that holds it ends where the box does.
    assert all(box.geometry().right() < box.parentWidget().width() for box in boxes)


def test_that_every_control_says_its_name(page: SettingsPage) -> None:
    assert page.language.accessibleName() == "Language"
    assert page.appearance.accessibleName() == "Appearance"


def test_that_the_wheel_scrolls_the_page_and_changes_no_setting(
    page: SettingsPage,
) -> None:
    before = {box: box.currentIndex() for box in page.findChildren(QComboBox)}
    for box in before:
        centre = box.rect().center().toPointF()
        wheel = QWheelEvent(
            centre,
            box.mapToGlobal(centre),
            QPoint(),
            QPoint(0, -240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, wheel)
    assert len(before) > 4
    assert {box: box.currentIndex() for box in before} == before
