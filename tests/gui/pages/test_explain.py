"""The page that explains a log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from diagnosis.logs.corpus_of_logs import FOLDER
from diagnosis.logs.texts import KINDS
from made import snapshots
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication

from accelgui.gui import language
from accelgui.gui.bridge.explainer import SHOWN_AT_MOST_BYTES
from accelgui.gui.pages.explain import ExplainPage
from accelgui.gui.pages.overview import OverviewPage
from accelgui.gui.pages.overview.finding_card import FindingCard
from accelgui.gui.widgets import Button, Command, CopyButton, Label
from accelgui.words.explained import unreadable

if TYPE_CHECKING:
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


def test_that_a_log_can_be_pasted_wherever_the_focus_is(qtbot: QtBot, page: ExplainPage) -> None:
    QGuiApplication.clipboard().setText("CUDA_ERROR_OUT_OF_MEMORY")
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.open_button.setFocus()
    qtbot.keyClick(page.open_button, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.log.toPlainText() == "CUDA_ERROR_OUT_OF_MEMORY"
    page.log.setFocus()
    qtbot.keyClick(page.log, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.log.toPlainText() == 2 * "CUDA_ERROR_OUT_OF_MEMORY"


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


def test_that_nothing_is_marked_in_a_field_that_shows_no_log(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(b"Xid: 79 lost\n" + b"step 1 loss 0.5\n" * (SHOWN_AT_MOST_BYTES // 16 + 1))
    told: list[str] = []
    page.session.progress_changed.connect(lambda _share, what: told.append(what))
    page.open_file(str(path))
    assert explained(qtbot, page)
    assert page.findings is not None
    assert page.findings[0].evidence[0].line == 1
    assert page.log.extraSelections() == []
    # The line at the foot told of it meanwhile, and is free again.
    assert told[0] == "Reading the log…"
    assert told[-1] == ""


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


def failure(qtbot: QtBot, page: ExplainPage, path: Path) -> str:
    page.open_file(str(path))
    qtbot.waitUntil(page.answer.isVisible)
    assert not page.explain_button.isEnabled()
    assert not page.progress.isVisible()
    return page.answer.text


def test_that_an_unreadable_file_is_told(qtbot: QtBot, page: ExplainPage, tmp_path: Path) -> None:
    gone = tmp_path / "gone.log"
    assert failure(qtbot, page, gone) == f"{gone} cannot be read: there is no such file."
    assert failure(qtbot, page, tmp_path) == f"{tmp_path} cannot be read: it is a folder."


def test_that_a_pipe_without_a_writer_is_not_waited_for(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert failure(qtbot, page, tmp_path / "pipe").endswith("cannot be read: it is no file.")
    assert "it is no file" in failure(qtbot, page, Path("/dev/zero"))


def test_that_a_failure_says_how_to_read_what_only_root_may() -> None:
    said = unreadable("/var/log/my kern.log", PermissionError(13, "Permission denied"))
    assert "not allowed" in said
    assert "sudo cat '/var/log/my kern.log'" in said


def test_that_a_failure_goes_when_another_log_comes(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    failure(qtbot, page, tmp_path)
    page.open_file(str(FOLDER / "oom.log"))
    assert explained(qtbot, page)
    assert "cannot be read" not in page.answer.text


@pytest.mark.parametrize(
    "filler", ["step 1 loss 0.5\n", "step 1 loss 0.5 "], ids=["many lines", "one endless line"]
)
def test_that_a_text_too_long_for_the_field_is_read_all_the_same(
    qtbot: QtBot, page: ExplainPage, filler: str
) -> None:
    data = QMimeData()
    data.setText(filler * 100_000 + "NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.")
    page.log.insertFromMimeData(data)
    assert "The GPU has fallen off the bus" in words(explained(qtbot, page)[0])
    assert page.log.toPlainText() == ""
    assert page.log.placeholderText().startswith("The text is too long to be shown")
    page.clear()
    assert not page.explain_button.isEnabled()


def test_that_a_line_without_end_is_shown_in_part(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    path = tmp_path / "endless.log"
    path.write_text("step 1 loss 0.5 " * 20_000 + "\nCUDA error: out of memory\n")
    page.open_file(str(path))
    explained(qtbot, page)
    lines = page.log.toPlainText().split("\n")
    assert len(lines[0]) < 2100
    assert lines[1] == "CUDA error: out of memory"


def test_that_a_photograph_is_told_to_be_no_text(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    path = tmp_path / "photograph.jpg"
    path.write_bytes(KINDS["binary"](100_000))
    page.open_file(str(path))
    explained(qtbot, page)
    assert page.omission.text().startswith("It does not look like text")


def test_that_cancel_keeps_the_log_and_forgets_the_answer(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(KINDS["needles in lines"](12_000_000))
    page.open_file(str(path))
    qtbot.waitUntil(lambda: "too long" in page.log.placeholderText(), timeout=20_000)
    explainer = page._explainer
    assert explainer is not None
    qtbot.mouseClick(page.progress.findChild(Button), Qt.MouseButton.LeftButton)
    assert explainer.wait(20_000)
    assert page.explained is None
    assert not page.answer.isVisible()
    assert page.explain_button.isEnabled()


def test_that_places_passed_over_are_told(qtbot: QtBot, page: ExplainPage, tmp_path: Path) -> None:
    path = tmp_path / "many.log"
    path.write_bytes(KINDS["needles in lines"](1_000_000))
    page.open_file(str(path))
    explained(qtbot, page)
    assert "were passed over" in page.omission.text()
    page.open_file(str(FOLDER / "oom.log"))
    explained(qtbot, page)
    assert not page.omission.isVisible()


def test_that_a_file_is_shown_as_it_is_read(
    qtbot: QtBot, page: ExplainPage, tmp_path: Path
) -> None:
    path = tmp_path / "windows.log"
    text = "\x1b[31mImportError: libcudnn.so.9: cannot open shared object file\x1b[0m\r\n"
    path.write_bytes(text.encode("utf-16-le"))
    page.open_file(str(path))
    explained(qtbot, page)
    shown = "ImportError: libcudnn.so.9: cannot open shared object file\n"
    assert page.log.toPlainText() == shown


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


def test_that_everything_is_reached_by_keys(qtbot: QtBot, page: ExplainPage) -> None:
    paste(page, "upgraded")
    page.activateWindow()
    page.log.setFocus()
    qtbot.waitUntil(page.log.hasFocus)
    page.start()
    card = explained(qtbot, page)[0]
    reached = []
    for _step in range(40):
        focused = page.window().focusWidget()
        assert focused is not None
        reached.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert {page.explain_button, page.open_button, page.clear_button} <= set(reached)
    assert set(card.findChildren(CopyButton)) <= set(reached)


def test_that_explaining_by_its_button_leaves_the_focus_with_the_log(
    qtbot: QtBot, page: ExplainPage
) -> None:
    paste(page, "oom")
    page.activateWindow()
    page.explain_button.setFocus()
    qtbot.waitUntil(page.explain_button.hasFocus)
    qtbot.keyClick(page.explain_button, Qt.Key.Key_Space)
    explained(qtbot, page)
    assert page.log.hasFocus()


def test_that_a_file_dropped_by_hand_is_read(qtbot: QtBot, page: ExplainPage) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(FOLDER / "upgraded.log"))])
    left, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    modifiers = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), copy, data, left, modifiers)
    QCoreApplication.sendEvent(page.log.viewport(), enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(20, 20), copy, data, left, modifiers)
    QCoreApplication.sendEvent(page.log.viewport(), drop)
    assert "The driver was updated, but the old one is still loaded" in words(
        explained(qtbot, page)[0]
    )


def test_that_the_overview_leads_here_where_something_is_broken(
    qtbot: QtBot, session: Session
) -> None:
    overview = OverviewPage(session)
    qtbot.addWidget(overview)
    overview.retranslate()
    overview.show()
    assert not overview.log_button.isVisible()
    session._on_snapshot(snapshots.broken_driver())
    assert overview.log_button.isVisible()
    with qtbot.waitSignal(overview.page_asked) as asked:
        qtbot.mouseClick(overview.log_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["explain"]
