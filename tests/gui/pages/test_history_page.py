from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from PySide6.QtCore import Qt

from accelgui import diagnosis
from accelgui.gui.pages.history import HistoryPage
from accelgui.gui.pages.history.comparison import Comparison
from accelgui.gui.pages.overview import OverviewPage
from accelgui.gui.pages.precision import PrecisionPage
from accelgui.gui.pages.training import TrainingPage
from accelgui.history import Entry, kept
from accelgui.history.opening import default_path
from accelgui.model.events import (
    LadderRung,
    LadderStarted,
    SampleTaken,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
)
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.precision import RowDetail
from accelgui.model.precision_events import (
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
)
from accelgui.model.requests import LadderRequest, PrecisionRequest, TrainingRequest
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from accelgui.gui.main_window import MainWindow
    from accelgui.gui.session import Session
    from accelgui.history.entries import Fact


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


def check_precision(session: Session, reason: str | None = None) -> list[PrecisionRow]:
    """Let a precision check pass by."""
    verdict = RowVerdict.PASSED if reason is None else RowVerdict.LOWER
    detail = RowDetail(histogram=(4, 2, 1), reproducer="print(1)")
    rows = [
        PrecisionRow("matmul", "float32", "bound", verdict, 1e-3, 1e-2, 0.2, (1, 2), "64×64", 0.1,
                     reason, detail=detail),
        PrecisionRow("sum", "float32", "exact", RowVerdict.PASSED, 0.0, 0.0, None, (), "1024"),
    ]  # fmt: skip
    session.run_started.emit(PrecisionRequest())
    session.run_events_arrived.emit([
        PrecisionStarted("jax", "0.10", "gpu:0", "NVIDIA H200", 2, ("float32",)),
        *(PrecisionRowDone(row) for row in rows),
    ])
    now_s = time.monotonic() + 1
    for second in range(3):
        values = {"utilisation_percent": 50.0, "power_watts": None}
        session.samples_arrived.emit([Sample("gpu:0", now_s + second, values)])
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 3.0))
    return rows


def climb(session: Session) -> list[LadderRung]:
    """Let a ladder pass by."""
    rungs = [
        LadderRung(code, "gpu:0", 32, "graph", "float32", rate, rate, rate, 9, is_kept=True)
        for code, rate in (("cpu_eager", 10.0), ("xla", 90.0))
    ]
    session.run_started.emit(LadderRequest())
    started = LadderStarted("jax", "0.10", "gpu:0", "H200", "mlp", ("cpu_eager", "xla", "tf32"))
    session.run_events_arrived.emit([started, *rungs])
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 9.0))
    return rungs


def reopened(page: HistoryPage, row: int = 0) -> None:
    page.table.selectRow(row)
    assert [entry.id for entry in page.detail.shown] == [page.model.entries[row].id]
    page.detail.reopen.click()


def test_that_a_precision_check_is_shown_again_as_it_was(
    window: MainWindow, page: HistoryPage
) -> None:
    rows = check_precision(page.session, "tf32")
    written(page, 1)
    reopened(page)
    shown = window.pages["precision"]
    assert isinstance(shown, PrecisionPage)
    assert shown.isVisible()
    assert list(shown.results.model.rows) == rows
    assert "TF32 inputs" in shown.stage.ending.text
    assert shown.stage.then.text.startswith("From the history: ")
    shown.results.choose(0)
    assert shown.results.closer.isVisibleTo(shown)


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


def test_that_a_training_is_shown_again_beside_those_of_now(
    window: MainWindow, page: HistoryPage
) -> None:
    train(page.session, 0.95)
    written(page, 1)
    for _again in range(2):
        window.show_page("history")
        reopened(page)
    shown = window.pages["training"]
    assert isinstance(shown, TrainingPage)
    (key,) = shown.records
    curve = shown.plots.stack.panels["loss"].curves[key, "training"]
    assert curve.series.values.tolist() == [0.5, 0.25]
    assert "95.0 %" in shown.stage.ending.text
    assert shown.stage.then.isVisible()


def test_that_a_ladder_is_shown_again(window: MainWindow, page: HistoryPage) -> None:
    climb(page.session)
    written(page, 1)
    (entry,) = page.model.entries
    assert (entry.kind, entry.facts["best_rung"]) == ("ladder", "xla")
    reopened(page)
    shown = window.pages["training"]
    assert isinstance(shown, TrainingPage)
    assert shown.ladder.isVisible()
    assert [rung.rung for rung in shown.ladder.rungs] == ["cpu_eager", "xla"]
    assert list(shown.ladder.view.rows) == ["cpu_eager", "xla", "tf32"]


def test_that_a_check_is_shown_again_until_a_person_wants_that_of_now(
    window: MainWindow, page: HistoryPage
) -> None:
    session = page.session
    session._on_snapshot(snapshots.accelerated())
    session.checked.emit(diagnosis.examine(snapshots.accelerated()))
    session._on_snapshot(snapshots.cpu_only())
    written(page, 1)
    reopened(page)
    shown = window.pages["overview"]
    assert isinstance(shown, OverviewPage)
    assert "H200" in shown.verdict_card._sentence.text()
    assert not shown.verdict_card.start_button.isEnabled()
    shown.then.action_pressed.emit()
    assert "H200" not in shown.verdict_card._sentence.text()
    assert shown.then.isHidden()


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


def test_that_nothing_is_reopened_over_a_run_under_way(
    window: MainWindow, page: HistoryPage
) -> None:
    check_precision(page.session)
    written(page, 1)
    shown = window.show_page("precision")
    assert isinstance(shown, PrecisionPage)
    shown._follower = object()  # type: ignore[assignment]
    window.show_page("history")
    reopened(page)
    assert not shown.results.model.rows
    shown._follower = None


def test_that_the_delete_key_deletes_what_is_chosen(qtbot: QtBot, page: HistoryPage) -> None:
    train(page.session, 0.95)
    written(page, 1)
    page.table.selectRow(0)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    written(page, 0)
