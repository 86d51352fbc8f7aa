"""The page with recorded runs, told by a real agent process, and one real training at the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import zoo
from made import replayed, runs, snapshots
from PySide6.QtCore import Qt

from accelgui.gui import language
from accelgui.gui.pages.training import TrainingPage
from accelgui.model.events import CheckpointDone, WorkFailed
from accelgui.model.outcome import FailureKind
from accelgui.model.requests import TrainingRequest
from accelgui.model.sample import Sample
from accelgui.words.findings import describe

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session
    from accelgui.runs.launch import AgentCommand

LIMIT_MS = 20_000


@pytest.fixture
def page(qtbot: QtBot, cpu_only: Session) -> TrainingPage:
    made = TrainingPage(cpu_only)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 640)
    made.show()
    return made


def begin(page: TrainingPage, command: AgentCommand) -> None:
    follower = page.session.start_run("training", command)
    assert follower is not None
    page.follow(follower, TrainingRequest(epochs=2))


def run(qtbot: QtBot, page: TrainingPage, command: AgentCommand) -> None:
    begin(page, command)
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_the_page_says_what_start_does_before_anything_was_started(
    page: TrainingPage,
) -> None:
    assert page.stage.is_empty
    assert page.stage.empty.isVisible()
    assert not page.runs.isVisible()


def test_that_a_run_under_way_shows_progress_curves_and_stop(
    qtbot: QtBot, page: TrainingPage
) -> None:
    events = runs.training()[:-6]
    begin(page, replayed.command(events, waits=True))
    qtbot.waitUntil(lambda: len(curve(page, "loss", "training")) > 10, timeout=LIMIT_MS)
    assert page.stage.progress.isVisible()
    assert page.stage.progress._what.text() == "Training, epoch 2 of 2"
    assert not page.form.start.isEnabled()
    page.stage.stop_pressed.emit()
    assert page.stage.progress._what.text() == "Stopping"
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_a_run_can_be_paused_and_says_so(qtbot: QtBot, page: TrainingPage) -> None:
    assert not page.form.pause.isVisible()
    begin(page, replayed.command(runs.training()[:-6], waits=True))
    qtbot.waitUntil(lambda: page.records["run-1"].started is not None, timeout=LIMIT_MS)
    qtbot.mouseClick(page.form.pause, Qt.MouseButton.LeftButton)
    assert page.form.pause.text() == "Resume"
    assert page.stage.progress._what.text().startswith("Paused in epoch")
    qtbot.mouseClick(page.form.pause, Qt.MouseButton.LeftButton)
    assert page.form.pause.text() == "Pause"
    page.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert not page.form.pause.isVisible()


def test_that_a_finished_run_is_told_in_a_sentence_with_its_numbers(
    qtbot: QtBot, page: TrainingPage
) -> None:
    run(qtbot, page, replayed.command(runs.finished()))
    assert "90.0 % validation accuracy" in page.stage.ending.text
    assert "validation loss 0.3" in page.stage.details.text()
    assert not page.stage.progress.isVisible()
    assert page.form.start.isEnabled()
    assert len(page.plots.stack.panels["loss"].curves["run-1", "validation"].series) == 2


def test_that_a_stopped_run_keeps_what_it_had(qtbot: QtBot, page: TrainingPage) -> None:
    begin(
        page,
        replayed.command(
            runs.training(), waits=True, at_stop=[runs.done(stopped=True), runs.WorkDone(True)]
        ),
    )
    qtbot.waitUntil(lambda: len(curve(page, "loss", "training")) > 10, timeout=LIMIT_MS)
    page.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert page.stage.ending.text.startswith("Stopped in epoch")
    assert page.runs.rows["run-1"].name.text().endswith("stopped")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("aborts_mid_run", "SIGABRT"),
        ("crashes_at_start", "could not start"),
        ("wrong_protocol", "protocol"),
        ("leaves_without_a_word", "The training"),
    ],
)
def test_that_a_run_that_ends_badly_says_what_happened_and_shows_its_log(
    qtbot: QtBot, page: TrainingPage, agent: str, words: str
) -> None:
    run(qtbot, page, zoo.command(agent))
    assert words in page.stage.ending.text
    assert page.runs.rows["run-1"].name.text().endswith("failed")
    qtbot.mouseClick(page.stage.ending._action, Qt.MouseButton.LeftButton)
    assert page.stage.log.isVisible()
    assert page.stage.ending._action.text() == "Hide log"
    assert page.form.start.isEnabled()


def test_that_the_log_is_shown_in_place(qtbot: QtBot, page: TrainingPage) -> None:
    run(qtbot, page, replayed.command([], exit_code=3))
    page.stage.ending.action_pressed.emit()
    assert page.stage.log.text == "first line of the log\nlast line of the log"
    page.stage.ending.action_pressed.emit()
    assert not page.stage.log.isVisible()


def test_that_a_loss_that_is_no_number_is_a_gap_and_a_sentence(
    qtbot: QtBot, page: TrainingPage
) -> None:
    run(qtbot, page, replayed.command(runs.diverged()))
    assert "NaN" in page.stage.ending.text
    assert page.stage.ending.property("role") == "bad"
    page.plots.stack.draw_now()
    assert curve(page, "loss", "training")[0] == 2.0
    assert page.plots.stack.panels["loss"].legend_text == "Loss: training –"


def test_that_two_runs_are_drawn_over_each_other(qtbot: QtBot, page: TrainingPage) -> None:
    for _ in range(2):
        run(qtbot, page, replayed.command(runs.finished()))
    page.plots.stack.draw_now()
    for key in ("run-1", "run-2"):
        assert len(curve(page, "loss", "training", key)) == 20
    assert list(page.runs.rows) == ["run-1", "run-2"]
    assert page.runs.rows["run-2"].name.isChecked()
    page.runs.rows["run-1"].show_box.setChecked(False)
    assert len(curve(page, "loss", "training", "run-1")) == 0
    page.runs.rows["run-1"].name.click()
    assert page._chosen is page.records["run-1"]


def test_that_a_removed_run_is_gone_and_the_last_one_leaves_the_page_empty(
    qtbot: QtBot, page: TrainingPage
) -> None:
    for _ in range(2):
        run(qtbot, page, replayed.command(runs.finished()))
    page.runs.rows["run-2"].remove.click()
    assert list(page.records) == list(page.runs.rows) == ["run-1"]
    assert page._chosen is page.records["run-1"]
    page.runs.rows["run-1"].remove.click()
    assert page.stage.is_empty


def test_that_what_the_hardware_did_is_drawn_beside_the_run(
    qtbot: QtBot, page: TrainingPage
) -> None:
    begin(page, replayed.command([runs.started()], waits=True))
    qtbot.waitUntil(lambda: page.records["run-1"].started is not None, timeout=LIMIT_MS)
    now_s = time.monotonic()
    page.session.samples_arrived.emit([
        Sample("cpu", now_s, {"utilisation_percent": 80.0, "power_watts": None}),
        Sample("host", now_s, {"memory_used_bytes": 2e9, "run_memory_bytes": 5e8}),
    ])
    page.plots.stack.draw_now()
    assert page.plots.stack.panels["utilisation"].legend_text == "Utilisation: CPU 80 %"
    assert not page.plots.stack.panels["memory"].isHidden()
    assert page.plots.stack.panels["power"].isHidden()
    page.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_somebody_elses_run_is_named_and_can_be_stopped(
    qtbot: QtBot, page: TrainingPage
) -> None:
    page.session.start_run("precision", replayed.command([], waits=True))
    assert page.stage.other.text.startswith("A precision check is under way.")
    assert not page.form.start.isEnabled()
    page.start()
    assert page.stage.is_empty
    page.stage.other.action_pressed.emit()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert page.form.start.isEnabled()
    assert not page.stage.other.isVisible()


def test_that_a_second_press_on_start_starts_nothing(qtbot: QtBot, page: TrainingPage) -> None:
    begin(page, replayed.command([], waits=True))
    page.start()
    assert list(page.records) == ["run-1"]
    page.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_the_tab_key_goes_from_the_form_over_the_runs_to_the_plots(
    qtbot: QtBot, page: TrainingPage
) -> None:
    run(qtbot, page, replayed.command(runs.training()))
    (row,) = page.runs.rows.values()
    order: list[object] = [page.form.code]
    while order[-1] is not page.form.framework and len(order) < 500:
        order.append(order[-1].nextInFocusChain())  # type: ignore[attr-defined]
    stops = [row.show_box, row.name, row.remove, page.plots, page.board]
    assert [widget for widget in order if widget in stops] == stops


def test_that_an_own_model_that_failed_is_told_by_its_line(
    qtbot: QtBot, page: TrainingPage
) -> None:
    where = {"file": "/home/a/<b>net.py", "line": "7", "text": "x = y"}
    failed = WorkFailed(
        FailureKind.INPUT, "net.py, line 7", "", "own_model_raised", {**where, "error": "NameError"}
    )
    run(qtbot, page, replayed.command([*runs.training()[:2], failed]))
    assert page.stage.ending.text == "<b>net.py fails in line 7."
    finding = page.records["run-1"].finding
    assert finding is not None
    assert describe(finding).cause == "“x = y”: NameError"
    assert page.remedies.isVisibleTo(page)


def test_that_weights_that_could_not_be_kept_are_told_beside_the_result(
    qtbot: QtBot, page: TrainingPage
) -> None:
    *events, last = runs.finished()
    lost = CheckpointDone("/mnt/w.keras", problem="No space left on device")
    command = replayed.command([*events, lost, last])
    follower = page.session.start_run("training", command)
    assert follower is not None
    page.follow(follower, TrainingRequest(epochs=2, checkpoint_path="/mnt/w.keras"))
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    text = page.stage.ending.text
    assert text.startswith("Reached ")
    assert text.endswith(
        "The weights could not be written to /mnt/w.keras: No space left on device."
    )


def test_that_every_state_takes_a_new_language(qtbot: QtBot, page: TrainingPage) -> None:
    run(qtbot, page, replayed.command(runs.finished()))
    language.speak("zh_CN")
    page.retranslate()
    language.speak("en")
    page.retranslate()
    assert "validation accuracy" in page.stage.ending.text
    assert page.form.start.text() == "Start"


def test_that_pressing_start_trains_with_tensorflow(qtbot: QtBot, page: TrainingPage) -> None:
    page.session._on_snapshot(snapshots.cpu_only())
    page.form.epochs.setText("3")
    page.form.device.choose("cpu")
    qtbot.mouseClick(page.form.start, Qt.MouseButton.LeftButton)
    assert page.session.run_owner == "training"
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=120_000)
    assert page.stage.ending.text.startswith("Reached"), page.stage.ending.text
    record = page.records["run-1"]
    assert record.done.validation_accuracy > 0.8
    assert len(record.series["loss", "validation"]) == 3
    page.plots.stack.draw_now()
    assert len(curve(page, "accuracy", "validation")) == 3


def curve(page: TrainingPage, panel: str, track: str, key: str = "run-1") -> list[float]:
    found = page.plots.stack.panels[panel].curves.get((key, track))
    return [] if found is None else found.drawn_values.tolist()
