from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from made import snapshots

from accelgui import diagnosis
from accelgui.gui.pages.history import HistoryPage
from accelgui.history.opening import default_path
from accelgui.model.events import TrainingDone, TrainingProgress, TrainingStarted
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.requests import TrainingRequest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.main_window import MainWindow
    from accelgui.gui.session import Session


def train(session: Session, accuracy: float) -> None:
    """Let a training pass by."""
    session.run_started.emit(TrainingRequest())
    session.run_events_arrived.emit([
        TrainingStarted("jax", "0.9", "gpu:0", "NVIDIA H200", "mlp", 1, 32, 5, 9, 9, 9, 50.0),
        TrainingProgress(51.0, 10, 1, 0.5, 0.8, 100.0),
        TrainingProgress(52.0, 20, 1, 0.25, accuracy, 100.0),
        TrainingDone(5, 20, 0.25, accuracy, 0.3, accuracy, 100.0, 2.0),
    ])  # fmt: skip
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 2.0))


@pytest.fixture
def page(window: MainWindow) -> HistoryPage:
    shown = window.show_page("history")
    assert isinstance(shown, HistoryPage)
    return shown


def written(page: HistoryPage, count: int) -> None:
    assert page.session.keeper is not None
    assert page.session.keeper.writer is not None
    page.session.keeper.writer.flush()
    page.refresh()
    assert len(page.model.entries) == count


def test_that_an_empty_history_says_what_comes_here(page: HistoryPage) -> None:
    assert page.empty.isVisible()


def test_that_a_training_is_kept_with_its_curves(page: HistoryPage) -> None:
    train(page.session, 0.95)
    written(page, 1)
    page.table.selectRow(0)
    run = str(page.model.entries[0].id)
    curve = page.detail.plots.stack.panels["loss"].curves[run, "training"]
    assert curve.series.times.tolist() == [1.0, 2.0]
    assert curve.series.values.tolist() == [0.5, 0.25]
    assert page.model.entries[0].status == "finished"


def test_that_two_runs_lie_over_each_other_and_what_differs_comes_first(page: HistoryPage) -> None:
    train(page.session, 0.95)
    train(page.session, 0.90)
    written(page, 2)
    page.table.selectAll()
    assert len(page.detail.plots.stack.runs) == 2
    table = page.detail.comparison
    texts = [table.item(0, column).text() for column in range(3)]
    assert texts == ["Accuracy", "95.0 %", "90.0 %"]
    assert table.item(0, 0).font().bold()
    assert not table.item(table.rowCount() - 1, 0).font().bold()


def test_that_a_check_is_kept_with_its_snapshot(page: HistoryPage) -> None:
    session = page.session
    session._on_snapshot(snapshots.accelerated())
    session.checked.emit(diagnosis.examine(snapshots.accelerated()))
    written(page, 1)
    assert session.keeper is not None
    assert session.keeper.history is not None
    (entry,) = page.model.entries
    assert entry.facts["verdict"] == "accelerated"
    assert session.keeper.history.snapshot(entry.id)["machine"] is not None


def test_that_names_and_notes_are_kept_and_found_by_the_filter(page: HistoryPage) -> None:
    train(page.session, 0.95)
    train(page.session, 0.90)
    written(page, 2)
    page.table.selectRow(1)
    page.detail.name.setText("before the update")
    page.detail.tags.setText("driver 550")
    page.detail.name.editingFinished.emit()
    written(page, 2)
    page.filter.setText("update #550")
    (entry,) = page.model.entries
    assert (entry.name, entry.tags) == ("before the update", ("driver", "550"))
    page.filter.setText("")
    page.kind.choose("check")
    page.kind.chosen.emit("check")
    assert not page.model.entries


def test_that_deleting_can_be_undone(page: HistoryPage) -> None:
    train(page.session, 0.95)
    written(page, 1)
    page.table.selectRow(0)
    page.delete.click()
    written(page, 0)
    assert page.undo.text == "1 entry deleted."
    page.undo.action_pressed.emit()
    written(page, 1)


def test_that_a_damaged_file_is_said_and_the_page_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    default_path().parent.mkdir(parents=True, exist_ok=True)
    default_path().write_bytes(b"not a database, but long enough to look like one" * 9)
    page = window.show_page("history")
    assert isinstance(page, HistoryPage)
    assert "was damaged" in page.banner.text
    train(page.session, 0.95)
    written(page, 1)


def test_that_a_newer_file_is_left_alone_and_said(window: MainWindow) -> None:
    default_path().parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(default_path())
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    page = window.show_page("history")
    assert isinstance(page, HistoryPage)
    assert "newer accelgui" in page.banner.text
    train(page.session, 0.95)
