"""The page that explains a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagnosis.logs.corpus_of_logs import FOLDER
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication

from accelgui.gui import language
from accelgui.gui.pages.explain import ExplainPage
from accelgui.gui.pages.explain.log_input import SHOWN_AT_MOST_BYTES
from accelgui.gui.pages.overview.finding_card import FindingCard
from accelgui.gui.widgets import Button, Command, CopyButton, Label

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> ExplainPage:
    made = ExplainPage(session)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 700)
    made.show()
    return made


def explained(qtbot: QtBot, page: ExplainPage) -> list[FindingCard]:
    qtbot.waitUntil(lambda: page.findings is not None, timeout=20_000)
    if page.findings:
        qtbot.waitUntil(lambda: bool(shown_cards(page)))
    return shown_cards(page)


def shown_cards(page: ExplainPage) -> list[FindingCard]:
    return [card for card in page.findChildren(FindingCard) if card.isVisible()]


def paste(page: ExplainPage, name: str) -> None:
    page.log.setPlainText((FOLDER / f"{name}.log").read_text())


def words(widget: object) -> list[str]:
    return [label.plain for label in widget.findChildren(Label)]  # type: ignore[attr-defined]


def test_that_an_empty_page_says_what_to_give_and_offers_nothing_to_press(
    page: ExplainPage,
) -> None:
    assert page.empty.isVisible()
    assert not page.explain_button.isEnabled()
    assert not page.answer.isVisible()


def test_that_a_pasted_log_gets_its_cause_and_remedy(qtbot: QtBot, page: ExplainPage) -> None:
    paste(page, "upgraded")
    qtbot.mouseClick(page.explain_button, Qt.MouseButton.LeftButton)
    card = explained(qtbot, page)[0]
    title = "The driver was updated, but the old one is still loaded"
    assert page.answer.text == f"The likeliest cause: {title}."
    assert title in words(card)
    assert card.findChild(Command).command == "sudo reboot"
    assert not page.empty.isVisible()


def test_that_keys_do_it_too(qtbot: QtBot, page: ExplainPage) -> None:
    paste(page, "oom")
    page.activateWindow()
    page.log.setFocus()
    qtbot.waitUntil(page.log.hasFocus)
    qtbot.keyClick(page.log, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert explained(qtbot, page)


def test_that_pressing_evidence_shows_its_line(qtbot: QtBot, page: ExplainPage) -> None:
    page.open_file(str(FOLDER / "inconsistent.log"))
    card = explained(qtbot, page)[0]
    jumps = [b for b in card.findChildren(Button) if b.text().startswith("Show line")]
    qtbot.mouseClick(jumps[1], Qt.MouseButton.LeftButton)
    cursor = page.log.textCursor()
    assert cursor.blockNumber() + 1 == int(jumps[1].text().split()[-1])
    assert "libnvidia-compute-525" in cursor.selectedText()
    assert len(page.log.extraSelections()) >= 3


def test_that_a_dropped_file_is_explained_under_its_name(qtbot: QtBot, page: ExplainPage) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(FOLDER / "fell_off_bus.log"))])
    page.log.insertFromMimeData(data)
    card = explained(qtbot, page)[0]
    assert any(text.startswith("fell_off_bus.log, line ") for text in words(card))


def test_that_a_long_file_is_read_without_being_shown(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(b"step 1 loss 0.5\n" * (SHOWN_AT_MOST_BYTES // 16 + 1) + b"Xid: 79 lost\n")
    page.open_file(str(path))
    cards = explained(qtbot, page)
    assert "The GPU has fallen off the bus" in words(cards[0])
    assert page.log.toPlainText() == ""
    assert not [b for b in cards[0].findChildren(Button) if b.text().startswith("Show line")]


def test_that_noise_is_good_news(qtbot: QtBot, page: ExplainPage) -> None:
    paste(page, "benign_mix")
    page.start()
    explained(qtbot, page)
    assert page.answer.text.startswith("Nothing here says that something is broken.")


def test_that_a_text_about_nothing_gets_advice(qtbot: QtBot, page: ExplainPage) -> None:
    page.log.setPlainText("Lunch is at noon.")
    page.start()
    assert explained(qtbot, page) == []
    assert page.answer.text == "Nothing here says that something is broken."
    assert page.advice.isVisible()


def test_that_an_unreadable_file_is_told(page: ExplainPage, tmp_path: Path) -> None:
    page.open_file(str(tmp_path / "gone.log"))
    assert page.answer.text == "gone.log cannot be read: No such file or directory."
    assert page.explain_button.isEnabled() is False


def test_that_clear_begins_anew(qtbot: QtBot, page: ExplainPage) -> None:
    paste(page, "oom")
    page.start()
    explained(qtbot, page)
    page.clear()
    assert page.empty.isVisible()
    assert page.log.toPlainText() == ""


def test_that_a_newer_log_replaces_the_one_being_read(qtbot: QtBot, page: ExplainPage) -> None:
    page.open_file(str(FOLDER / "oom.log"))
    page.open_file(str(FOLDER / "arch.log"))
    card = explained(qtbot, page)[0]
    assert "This build does not support this GPU" in words(card)


def test_that_closing_the_window_ends_the_reading(page: ExplainPage, tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(b"cuda nvidia tpu error failed %d\n" * 400_000)
    page.open_file(str(path))
    page.close()
    assert page._explainer is None


def test_that_markup_and_commands_in_a_log_stay_text(qtbot: QtBot, page: ExplainPage) -> None:
    page.log.setPlainText(
        "<b>RuntimeError</b>: <img src=x> Found no NVIDIA driver on your system $(reboot)\n"
    )
    page.start()
    card = explained(qtbot, page)[0]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in card.findChildren(Label))
    for button in card.findChildren(CopyButton):
        button.click()
        assert "$(reboot)" not in QGuiApplication.clipboard().text()


def test_that_the_page_speaks_the_language_chosen(qtbot: QtBot, page: ExplainPage) -> None:
    paste(page, "oom")
    page.start()
    explained(qtbot, page)
    language.speak("zh_CN")
    page.retranslate()
    assert len(explained(qtbot, page)) >= 1
