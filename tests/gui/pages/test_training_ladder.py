"""The acceleration ladder on the training page, told by a recorded agent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import replayed, runs

from accelgui.gui import language
from accelgui.gui.pages.training import TrainingPage
from accelgui.gui.pages.training.ladder_saving import KINDS
from accelgui.gui.pages.training.ladder_view import LadderView
from accelgui.model.events import LadderRung, WorkFailed
from accelgui.model.outcome import FailureKind
from accelgui.model.requests import TrainingRequest

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session
    from accelgui.runs.launch import AgentCommand

LIMIT_MS = 20_000


@pytest.fixture
def page(qtbot: QtBot, cpu_only: Session) -> TrainingPage:
    made = TrainingPage(cpu_only)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(1100, 700)
    made.show()
    return made


def climb(qtbot: QtBot, page: TrainingPage, command: AgentCommand) -> None:
    page.follow_ladder(page.session.start_run("training", command))
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def width_of_bar(row_bar: QWidget) -> int:
    """Return how many pixels of a bar are not its ground."""
    image = row_bar.grab().toImage()
    ground = image.pixel(image.width() - 1, 1)
    return sum(image.pixel(x, 1) != ground for x in range(image.width()))


def test_that_a_ladder_shows_a_bar_for_each_rung_and_the_reason_where_there_is_none(
    qtbot: QtBot, page: TrainingPage
) -> None:
    climb(qtbot, page, replayed.command(runs.ladder()))
    rows = page.ladder.view.rows
    assert list(rows) == ["cpu_eager", "graph", "xla", "tf32", "mixed_bfloat16", "larger_batch"]
    assert (rows["graph"].rate.text(), rows["graph"].times.text()) == ("8,000 samples/s", "× 4")
    assert rows["tf32"].remark.text().startswith("This device does not multiply in TF32")
    assert "does not pay here" in rows["mixed_bfloat16"].remark.text()
    assert page.ladder.ending.text == (
        "64,000 samples/s on CPU with Graph, XLA, Larger batch: 32 × as fast as CPU, eager."
    )
    widths = {code: width_of_bar(row.bar) for code, row in rows.items()}
    assert widths["tf32"] == 0
    assert widths["graph"] > 2 * widths["cpu_eager"] > 0


def test_that_nothing_else_starts_while_a_ladder_is_climbed_and_stop_keeps_what_there_is(
    qtbot: QtBot, page: TrainingPage
) -> None:
    command = replayed.command(runs.ladder()[:-3], waits=True, at_stop=[runs.WorkDone(True)])
    page.follow_ladder(page.session.start_run("training", command))
    qtbot.waitUntil(lambda: len(page.ladder.rungs) == 5, timeout=LIMIT_MS)
    assert not page.form.start.isEnabled()
    assert not page.form.ladder.isEnabled()
    assert page.ladder.progress._what.text() == "Measuring: Larger batch"
    page.ladder.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert len(page.ladder.rungs) == 5
    assert page.form.start.isEnabled()


def test_that_a_training_after_a_ladder_shows_its_curves(qtbot: QtBot, page: TrainingPage) -> None:
    climb(qtbot, page, replayed.command(runs.ladder()))
    assert page.ladder.isVisible()
    follower = page.session.start_run("training", replayed.command(runs.finished()))
    assert follower is not None
    page.follow(follower, TrainingRequest(epochs=2))
    assert page.stage.isVisible()
    assert not page.ladder.isVisible()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_the_ladder_takes_a_new_language(qtbot: QtBot) -> None:
    view = LadderView()
    qtbot.addWidget(view)
    rungs = [event for event in runs.ladder() if isinstance(event, runs.LadderRung)]
    view.show_ladder(("cpu_eager", "graph"), rungs[:2])
    language.speak("zh_CN")
    view.retranslate()
    language.speak("en")
    view.retranslate()
    assert view.rows["graph"].name.text() == "Graph"


def test_that_a_ladder_is_saved_as_picture_and_as_values(
    qtbot: QtBot, page: TrainingPage, tmp_path: Path
) -> None:
    climb(qtbot, page, replayed.command(runs.ladder()))
    saving = page.ladder.saving
    assert len(saving.menu_of_kinds().actions()) == len(KINDS)
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"rung,", "json": b"{"}
    for kind in KINDS:
        saving.save(kind, tmp_path / f"ladder.{kind}")
        assert (tmp_path / f"ladder.{kind}").read_bytes().startswith(begins[kind])
    with qtbot.waitSignal(saving.trouble) as told:
        saving.save("csv", tmp_path / "nowhere" / "ladder.csv")
    assert "cannot be written: No such file or directory" in told.args[0]


def test_that_a_ladder_that_was_disturbed_is_no_plain_success(
    qtbot: QtBot, page: TrainingPage
) -> None:
    started, *others = runs.ladder()
    events = [
        replace(event, others_cores=1.0) if isinstance(event, LadderRung) else event
        for event in others
    ]
    climb(qtbot, page, replayed.command([started, *events]))
    assert page.ladder.ending.property("role") == "warning"
    assert page.ladder.ending.text.endswith("measure again when the machine is quiet.")


def test_that_a_ladder_that_cannot_be_climbed_says_why(qtbot: QtBot, page: TrainingPage) -> None:
    failed = WorkFailed(
        FailureKind.INPUT,
        "/tmp/own.npz: x_train is empty",
        code="data_unusable",
        parameters={"file": "/tmp/own.npz", "fault": "empty", "name": "x_train"},
    )
    climb(qtbot, page, replayed.command([failed], exit_code=1))
    assert page.ladder.ending.property("role") == "bad"
    assert page.ladder.ending.text.startswith(
        "own.npz cannot be trained with. /tmp/own.npz: x_train is empty."
    )
