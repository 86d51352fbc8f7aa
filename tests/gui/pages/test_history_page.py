from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from made.work import check_precision, climb, train, written
from PySide6.QtCore import Qt

from accelgui import diagnosis
from accelgui.gui.pages.history import HistoryPage
from accelgui.gui.pages.history.comparison import Comparison
from accelgui.history import Entry, kept
from accelgui.history.opening import default_path
from accelgui.model.events import (
    SampleTaken,
)
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.requests import TrainingRequest
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.main_window import MainWindow
    from accelgui.history.entries import Fact


@pytest.fixture
def page(window: MainWindow) -> HistoryPage:
    shown = window.show_page("history")
    assert isinstance(shown, HistoryPage)
    return shown


def test_that_an_empty_history_says_what_comes_here(page: HistoryPage) -> None:
    assert page.empty.isVisible()


def test_that_the_list_stays_while_the_file_gives_nothing(
    page: HistoryPage, tmp_path: Path
) -> None:
    train(page.session, 0.95)
    written(page, 1)
    assert page.session.keeper is not None
    history = page.session.keeper.history
    assert history is not None
    history.close()
    history.path = tmp_path
    page.refresh()
    assert len(page.model.entries) == 1
    assert not page.empty.isVisible()


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


def test_that_nothing_is_cut_off_where_there_is_room(page: HistoryPage) -> None:
    name = "NVIDIA H200 with a long name"
    facts: dict[str, Fact] = {"device_name": name, "driver": "580.65.06"}
    table = Comparison(lambda _number: {})
    table.resize(1200, 400)
    table.show()
    table.show_entries([Entry(1, "check", 1e9, facts=facts), Entry(2, "check", 2e9, facts=facts)])
    wide_px = table.columnWidth(1)
    table.resize(400, 400)
    assert wide_px > table.fontMetrics().horizontalAdvance(name)
    assert table.columnWidth(1) < wide_px
    table.close()


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


def test_that_the_curves_of_a_precision_check_are_kept(page: HistoryPage) -> None:
    check_precision(page.session)
    written(page, 1)
    page.table.selectRow(0)
    stack = page.detail.machine_plots.stack
    run = str(page.model.entries[0].id)
    assert (
        stack.panels["utilisation"].curves[run, "accelerator"].series.values.tolist() == [50.0] * 3
    )
    assert (run, "accelerator") not in stack.panels["power"].curves
    assert page.detail.machine_plots.isVisible()


def test_that_every_result_has_the_snapshot_of_its_time(page: HistoryPage) -> None:
    page.session._on_snapshot(snapshots.accelerated())
    train(page.session, 0.95)
    check_precision(page.session)
    climb(page.session)
    written(page, 3)
    keeper = page.session.keeper
    assert keeper is not None
    assert keeper.history is not None
    for entry in page.model.entries:
        whole = kept(keeper.history, entry.id)
        assert whole is not None
        assert whole.snapshot == snapshots.accelerated()


def test_that_differences_are_said_in_words_and_rows_stand_side_by_side(page: HistoryPage) -> None:
    check_precision(page.session)
    check_precision(page.session, "tf32")
    written(page, 2)
    page.table.selectAll()
    assert page.detail.said.text() == (
        "Nothing changed that is known: float32 with TF32 inputs instead of full precision."
    )
    table = page.detail.comparison
    lines = [[table.item(row, n).text() for n in range(3)] for row in range(table.rowCount())]
    row = next(line for line in lines if line[0].startswith("matrix product in float32"))
    assert row[1:] == ["passed, 0.20 of its bound", "fewer bits, 0.20 of its bound"]


def test_that_three_are_each_compared_with_the_oldest(page: HistoryPage) -> None:
    for accuracy in (0.90, 0.95, 0.97):
        train(page.session, accuracy)
    written(page, 3)
    page.table.selectAll()
    first, *others = page.detail.said.text().splitlines()
    assert first.startswith("Compared with ")
    assert [line.rpartition(": ")[2] for line in others] == [
        "as fast, accuracy 5.0 points higher.", "as fast, accuracy 7.0 points higher.",
    ]  # fmt: skip
    assert len(page.detail.plots.stack.runs) == 3


def test_that_an_alert_is_kept_with_start_end_and_peak(page: HistoryPage) -> None:
    session = page.session
    session.run_started.emit(TrainingRequest())
    zero_s = session.live.zero_s - session.live.timeline.place(0.0)
    for second in range(40):
        celsius = 92.0 if second < 20 else 60.0
        sample = Sample("gpu:0", zero_s + second, {"temperature_celsius": celsius})
        session._on_sampler_events([SampleTaken(sample)])
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 2.0))
    written(page, 2)
    alert, training = sorted(page.model.entries, key=lambda entry: entry.kind)
    assert (alert.kind, alert.status, alert.facts["worst_celsius"]) == (
        "alert", "finished", 92.0,
    )  # fmt: skip
    assert page.model.index(page.model.row_of(alert.id), 3).data() == "GPU 0: hot: 92 °C"
    assert alert.ended_s is not None
    assert alert.ended_s - alert.begun_s == pytest.approx(20.0)
    assert training.facts["alerts"] == "device_hot gpu:0"


def test_that_the_limits_hold_at_once_and_it_is_said(qtbot: QtBot, page: HistoryPage) -> None:
    train(page.session, 0.95)
    written(page, 1)
    connection = sqlite3.connect(default_path())
    with connection:
        connection.execute("UPDATE entry SET begun_s = begun_s - 40 * 86400")
    connection.close()
    page.session.settings.history_days = "30"
    page.session.options_changed.emit()
    written(page, 0)
    assert page.tidied.text == "1 entry older than 30 days was removed."
    train(page.session, 0.95)
    written(page, 1)
    assert page.tidied.isVisible()


def test_that_words_that_nothing_holds_are_said_to_find_nothing(page: HistoryPage) -> None:
    train(page.session, 0.95)
    written(page, 1)
    page.filter.setText("no such thing")
    assert page.nothing_found.isVisible()
    page.filter.setText("")
    assert page.nothing_found.isHidden()


def test_that_the_delete_key_deletes_what_is_chosen(qtbot: QtBot, page: HistoryPage) -> None:
    train(page.session, 0.95)
    written(page, 1)
    page.table.selectRow(0)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    written(page, 0)
