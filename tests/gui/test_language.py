from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QDialogButtonBox, QPushButton

from accelgui.gui import fonts, language
from accelgui.words import translation

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.main_window import MainWindow
    from accelgui.gui.session import Session

WORDS = {
    "Overview": "概览",
    "Check again": "重新检查",
    "Acceleration chain": "加速链",
    "Copy": "复制",
    "Ready": "就绪",
    "Appearance": "外观",
    "Search the facts (Ctrl+F)": "搜索",
}


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of a few words: enough to see who takes them up."""
    folder = tmp_path / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="zh_CN")
    for source, translated in WORDS.items():
        catalog.add(source, translated)
    with (folder / "accelgui.mo").open("wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(translation, "LOCALE_FOLDER", tmp_path / "locale")


def test_that_chinese_is_drawn_with_its_own_letters_and_not_with_those_of_japanese(
    window: MainWindow,
) -> None:
    family = "Noto Sans CJK SC"
    if family not in QFontDatabase.families():
        pytest.skip(f"{family} is not installed")
    label = window.status_line._what
    before = label.font().families()
    language.speak("zh_CN")
    assert label.font().families() == [*before, family]
    language.speak("en")
    assert label.font().families() == before


def test_that_code_is_of_even_width_in_chinese_too(qapp: object) -> None:
    language.speak("zh_CN")
    metrics = QFontMetrics(fonts.monospace())
    assert metrics.horizontalAdvance("iiii") == metrics.horizontalAdvance("MMMM")


@pytest.mark.usefixtures("chinese")
def test_that_an_open_window_takes_up_another_language(
    qtbot: QtBot, window: MainWindow, cpu_only: Session
) -> None:
    for code in ("devices", "settings", "overview"):
        window.show_page(code)
    language.speak("zh_CN")
    qtbot.waitUntil(lambda: window.header.check_button.text() == "重新检查")
    assert window.rail.findChildren(QPushButton)[0].text() == "概览"
    assert window.pages["overview"].chain_card.accessibleName() == "加速链"
    assert window.pages["devices"].search.placeholderText() == "搜索"
    assert window.pages["settings"]._rows["appearance"]._title.plain == "外观"
    assert window.status_line._what.whole == "就绪"
    language.speak("en")
    qtbot.waitUntil(lambda: window.header.check_button.text() == "Check again")


@pytest.mark.usefixtures("chinese")
def test_that_qts_own_words_follow(qtbot: QtBot) -> None:
    language.speak("zh_CN")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "取消"


def test_that_a_language_is_offered_by_its_own_name() -> None:
    assert language.own_name("zh_CN") == "简体中文"
    assert language.own_name("de") == "Deutsch"
