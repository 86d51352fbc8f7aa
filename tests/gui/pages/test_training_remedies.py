"""A run that went wrong shows why; where memory was lacking, it offers the batch that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import replayed, runs
from PySide6.QtCore import Qt

from accelgui.gui.pages.training import TrainingPage
from accelgui.model.events import BatchSearchDone, BatchTried, Progress, WorkFailed
from accelgui.model.memory import OUT_OF_MEMORY, LargestBatch, MemoryHolder, MemoryShortage
from accelgui.model.outcome import FailureKind
from accelgui.model.requests import TrainingRequest
from accelgui.words.findings import describe

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from accelgui.gui.session import Session

LIMIT_MS = 60_000
GIB = 1 << 30

SHORTAGE = MemoryShortage(
    device="gpu:0",
    asked_bytes=2 * GIB,
    free_bytes=GIB,
    total_bytes=24 * GIB,
    own_bytes=15 * GIB,
    holders=(MemoryHolder(4242, "python3", 7 * GIB),),
)
FAILED = WorkFailed(
    FailureKind.ENVIRONMENT,
    "CUDA out of memory. Tried to allocate 2.00 GiB.",
    code=OUT_OF_MEMORY,
    parameters={"device": "gpu:0"},
    memory=SHORTAGE,
)
SEARCH = [
    Progress(0, 4, "try_batch"),
    BatchTried(512),
    BatchTried(512, fits=True),
    BatchSearchDone(LargestBatch(640, 704)),
]


@pytest.fixture
def page(qtbot: QtBot, cpu_only: Session) -> TrainingPage:
    made = TrainingPage(cpu_only)
    qtbot.addWidget(made)
    made.retranslate()
    made.resize(900, 640)
    made.show()
    return made


def fail(qtbot: QtBot, page: TrainingPage, *, batch_size: int = 1024) -> None:
    """Let a run fail for lack of memory; a batch of 1 leaves nothing to search."""
    follower = page.session.start_run("training", replayed.command([FAILED], exit_code=1))
    assert follower is not None
    page.follow(follower, TrainingRequest(batch_size=batch_size))
    qtbot.waitUntil(lambda: page.records["run-1"].outcome is not None, timeout=LIMIT_MS)


def search(qtbot: QtBot, page: TrainingPage, events: list[object]) -> None:
    """Let a recorded search take place."""
    follower = page.session.start_run("training", replayed.command(events))
    assert follower is not None
    page.remedies.search.follow(follower)
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_a_run_without_memory_says_asked_free_and_holder(
    qtbot: QtBot, page: TrainingPage
) -> None:
    fail(qtbot, page, batch_size=1)
    assert page.stage.ending.text == "The work asks for more memory than GPU 0 has."
    finding = page.records["run-1"].finding
    assert finding is not None
    assert finding.parameters["asked_bytes"] == str(2 * GIB)
    assert [evidence.text for evidence in finding.evidence] == [
        "CUDA out of memory. Tried to allocate 2.00 GiB.",
        f"process 4242 python3: {7 * GIB} bytes",
    ]
    assert page.remedies.isVisible()
    assert not page.remedies.search.isVisible()
    assert not page.stage.card.isVisible()


def test_that_the_batch_that_fits_is_found_and_trained_with_by_one_press(
    qtbot: QtBot, page: TrainingPage
) -> None:
    fail(qtbot, page, batch_size=1)
    page.records["run-1"].request = TrainingRequest(batch_size=1024, epochs=1)
    page._show_state()
    search(qtbot, page, SEARCH)
    assert page.remedies.search.result.plain == "A batch of 640 fits, 704 does not."
    assert page.remedies.search.train.text() == "Train with batch 640"
    qtbot.mouseClick(page.remedies.search.train, Qt.MouseButton.LeftButton)
    assert page.form.batch_size.text() == "640"
    assert page.records["run-2"].request == TrainingRequest(batch_size=640, epochs=1)
    assert not page.remedies.isVisible()
    page.stop()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)


def test_that_a_search_shows_what_it_tries_and_can_be_stopped(
    qtbot: QtBot, page: TrainingPage
) -> None:
    fail(qtbot, page, batch_size=1)
    page.records["run-1"].request = TrainingRequest(batch_size=1024)
    page._show_state()
    last = BatchSearchDone(LargestBatch(None, 512, is_complete=False))
    follower = page.session.start_run(
        "training", replayed.command(SEARCH[:2], waits=True, at_stop=[last])
    )
    assert follower is not None
    page.remedies.search.follow(follower)
    strip = page.remedies.search.strip
    qtbot.waitUntil(lambda: strip._what.text() == "Trying batch 512", timeout=LIMIT_MS)
    strip.cancelled.emit()
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    assert page.remedies.search.result.plain.startswith("The search for a batch that fits was not")
    assert page.remedies.search.again.isVisible()


def test_that_numbers_that_went_astray_are_a_finding_beside_the_curves(
    qtbot: QtBot, page: TrainingPage
) -> None:
    follower = page.session.start_run("training", replayed.command(runs.diverged()))
    assert follower is not None
    page.follow(follower, TrainingRequest(epochs=2))
    qtbot.waitUntil(lambda: page.session.run_owner is None, timeout=LIMIT_MS)
    finding = page.records["run-1"].finding
    assert finding is not None
    assert finding.code == "training_not_finite"
    assert page.remedies.isVisible()
    assert page.stage.card.isVisible()


def test_that_a_file_that_lacks_a_module_comes_with_the_command_that_adds_it(
    qtbot: QtBot, page: TrainingPage
) -> None:
    place = {"file": "/tmp/model.py", "line": "1", "text": "import torch"}
    failed = WorkFailed(
        FailureKind.INPUT,
        "model.py, line 1: there is no module torch in /opt/python",
        code="own_model_lacks_module",
        parameters={**place, "module": "torch", "python": "/opt/python"},
    )
    follower = page.session.start_run("training", replayed.command([failed], exit_code=1))
    assert follower is not None
    page.follow(follower, TrainingRequest(script_path="/tmp/model.py"))
    qtbot.waitUntil(lambda: page.records["run-1"].outcome is not None, timeout=LIMIT_MS)
    assert page.stage.ending.text == (
        "model.py needs torch, which the chosen Python does not have."
    )
    finding = page.records["run-1"].finding
    assert finding is not None
    commands = [remedy.command for remedy in describe(finding).remedies]
    assert "/opt/python -m pip install torch" in commands
    assert page.remedies.isVisible()
    assert not page.remedies.search.isVisible()
    assert not page.stage.card.isVisible()


def test_that_weights_of_a_run_that_failed_are_said_to_be_lost(
    qtbot: QtBot, page: TrainingPage
) -> None:
    command = replayed.command(runs.training()[:3], exit_code=3)
    follower = page.session.start_run("training", command)
    assert follower is not None
    page.follow(follower, TrainingRequest(checkpoint_path="/tmp/weights.keras"))
    qtbot.waitUntil(lambda: page.records["run-1"].outcome is not None, timeout=LIMIT_MS)
    assert page.stage.ending.text.endswith("The weights were not kept.")
