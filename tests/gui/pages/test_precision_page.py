"""The page with recorded checks, told by a real agent process, and one real check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import zoo
from made import replayed, runs, snapshots
from PySide6.QtCore import Qt

from accelgui.gui import language
from accelgui.gui.models.precision import Column
from accelgui.gui.pages.precision import PrecisionPage
from accelgui.model.events import WorkDone

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session
    from accelgui.runs.launch import AgentCommand

LIMIT_MS = 20_000


@pytest.fixture
def page(qtbot: QtBot, cpu_only: Session) -> PrecisionPage:
    made = PrecisionPage(cpu_only)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 640)
    made.show()
    return made


def begin(page: PrecisionPage, command: AgentCommand) -> None:
    follower = page.session.start_run("precision", command)
    assert follower is not None
    page.follow(follower)


def run(qtbot: QtBot, page: PrecisionPage, command: AgentCommand) -> None:
    begin(page, command)
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_the_page_says_what_start_does_before_anything_was_started(
    page: PrecisionPage,
) -> None:
    assert page.stage.empty.isVisible()


def test_that_rows_appear_as_they_are_judged(qtbot: QtBot, page: PrecisionPage) -> None:
    begin(page, replayed.command(runs.precision()[:6], waits=True))
    qtbot.waitUntil(lambda: page.results.model.rowCount() == 2, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: len(page.results.plot.drawn_points) == 2)
    assert page.stage.progress._what.text() == "Checking, 2 of 5"
    page.stage.stop_pressed.emit()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert page.stage.ending.text.startswith("Stopped after 2 checks.")


def test_that_a_failed_check_is_told_first(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([*runs.precision(), WorkDone()]))
    assert page.stage.ending.text.startswith("2 of 5 checks failed.")
    assert page.stage.ending.property("role") == "bad"


def test_that_a_passed_check_is_good(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([*runs.precision(runs.ROWS[:2]), WorkDone()]))
    assert page.stage.ending.property("role") == "good"
    assert "float32" in page.stage.ending.text


def test_that_fewer_digits_are_a_warning(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([*runs.precision(runs.ROWS[:3]), WorkDone()]))
    assert page.stage.ending.property("role") == "warning"


def test_that_a_check_without_a_single_row_is_not_good(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([WorkDone()]))
    assert page.stage.ending.property("role") == "bad"


def test_that_a_row_chosen_in_one_place_is_chosen_in_all(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([*runs.precision(), WorkDone()]))
    page.results.plot.redraw()
    page.results.table.sortByColumn(Column.VERDICT, Qt.SortOrder.AscendingOrder)
    page.results.plot.row_chosen.emit(1)
    assert page.results.table.currentIndex().siblingAtColumn(Column.RATIO).data() == "0.030"
    assert page.results.plot.chosen == 1
    assert (
        "At the worst element the error is 0.030 times its bound of 0.0010."
        in page.results.explanation_text
    )
    page.results.table.setCurrentIndex(page.results.sorted.index(0, 0))
    chosen = page.results.model.row(page.results.plot.chosen)
    assert chosen.reason in {"nan", "over_bound"}


@pytest.mark.parametrize("width", [724, 1100])
def test_that_no_word_of_the_table_but_the_operation_is_cut_off(
    qtbot: QtBot, page: PrecisionPage, width: int
) -> None:
    run(qtbot, page, replayed.command([*runs.precision(), WorkDone()]))
    page.resize(width, 600)
    table, rows = page.results.table, page.results.sorted
    for column in (Column.DTYPE, Column.TIER, Column.VERDICT):
        for row in range(rows.rowCount()):
            text = rows.index(row, column).data()
            assert table.columnWidth(column) > table.fontMetrics().horizontalAdvance(text)
    assert table.horizontalHeader().length() <= table.viewport().width()


def test_that_a_new_check_forgets_the_last_one(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([*runs.precision(), WorkDone()]))
    run(qtbot, page, replayed.command([*runs.precision(runs.ROWS[:1]), WorkDone()]))
    assert page.results.model.rowCount() == 1
    assert page.results.plot.chosen is None


@pytest.mark.parametrize(
    ("agent", "words"), [("aborts_mid_run", "SIGABRT"), ("crashes_at_start", "could not start")]
)
def test_that_a_check_that_ends_badly_says_what_happened(
    qtbot: QtBot, page: PrecisionPage, agent: str, words: str
) -> None:
    run(qtbot, page, zoo.command(agent))
    assert words in page.stage.ending.text
    assert page.controls.start.isEnabled()


def test_that_somebody_elses_run_is_named(qtbot: QtBot, page: PrecisionPage) -> None:
    page.session.start_run("training", replayed.command([], waits=True))
    assert page.stage.other.text.startswith("A training run is under way.")
    assert not page.controls.start.isEnabled()
    page.stage.other.action_pressed.emit()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert page.controls.start.isEnabled()


def test_that_every_state_takes_a_new_language(qtbot: QtBot, page: PrecisionPage) -> None:
    run(qtbot, page, replayed.command([*runs.precision(), WorkDone()]))
    language.speak("zh_CN")
    page.retranslate()
    language.speak("en")
    page.retranslate()
    assert page.results.model.headerData(0, Qt.Orientation.Horizontal) == "Operation"
    assert page.stage.ending.text.startswith("2 of 5 checks failed.")


def test_that_pressing_start_checks_tensorflow(qtbot: QtBot, page: PrecisionPage) -> None:
    page.session._on_snapshot(snapshots.cpu_only())
    page.controls.device.choose("cpu")
    qtbot.mouseClick(page.controls.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=150_000)
    assert page.stage.ending.property("role") == "good", page.stage.ending.text
    assert page.results.model.rowCount() > 20
    page.results.plot.redraw()
    assert len(page.results.plot.drawn_points) == page.results.model.rowCount()
