"""Training in real agent processes, stopped and paused."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from agent.real import logs_to, python_of
from agent.workloads.training.following import Followed

from accelgui.model.events import Alive, Progress, TrainingDone, TrainingProgress
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import TrainingRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.model.events import Event


@pytest.fixture(scope="module", autouse=True)
def own_log_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs that several tests share start before a test has folders of its own."""
    with pytest.MonkeyPatch.context() as patch:
        logs_to(tmp_path_factory.mktemp("state"), patch)
        yield


@pytest.fixture(scope="module")
def stopped() -> Followed:
    reports = 0

    def third_report(event: Event) -> bool:
        nonlocal reports
        reports += isinstance(event, TrainingProgress)
        return reports == 3

    return Followed(TrainingRequest(epochs=10_000), stop_at=third_report)


def test_that_a_stopped_run_keeps_what_was_measured(stopped: Followed) -> None:
    assert stopped.outcome.status is RunStatus.STOPPED
    assert stopped.done.stopped
    assert stopped.done.steps > 1
    assert stopped.done.loss is not None
    assert stopped.done.samples_per_second is not None


def test_that_a_stopped_run_is_gone_within_3_seconds(stopped: Followed) -> None:
    assert stopped.stop_asked_s is not None
    assert stopped.ended_s - stopped.stop_asked_s < 3
    # It went by itself: neither terminated nor killed.
    assert stopped.outcome.exit_code == 0


def test_that_a_run_stops_between_two_batches(stopped: Followed) -> None:
    last = [event for event in stopped.events if isinstance(event, TrainingProgress)][-1]
    # What was left is told, up to the very step at which it stopped.
    assert last.step == stopped.done.steps
    third = stopped.told(TrainingProgress)[2]
    assert last.time_s - third.time_s < 1


@pytest.mark.parametrize("framework", ["tensorflow", "jax"])
def test_that_a_paused_run_waits_and_goes_on_without_it_in_its_pace(framework: str) -> None:
    python = python_of(framework)
    request = TrainingRequest(framework=framework, epochs=10_000)
    agent = AgentRun(AgentCommand("train", request, python))
    told: list[TrainingProgress] = []
    alive = 0
    done: TrainingDone | None = None
    for event in agent.events():
        if isinstance(event, TrainingProgress):
            told.append(event)
            if len(told) == 5:
                agent.tell({"pause": True})
            elif alive >= 3:
                agent.stop()
        elif isinstance(event, Alive) and len(told) >= 5:
            alive += 1
            if alive == 3:
                agent.tell({"pause": False})
        elif isinstance(event, TrainingDone):
            done = event
    gaps_s = [b.time_s - a.time_s for a, b in pairwise(told)]
    assert max(gaps_s) > 1.5
    assert done is not None
    assert done.samples_per_second is not None
    assert done.samples_per_second > 0.3 * told[3].samples_per_second
    assert done.elapsed_s < told[-1].time_s - told[0].time_s


def test_that_a_paused_run_can_be_stopped() -> None:
    agent = AgentRun(AgentCommand("train", TrainingRequest(epochs=10_000)))
    is_paused = False
    for event in agent.events():
        if isinstance(event, TrainingProgress) and not is_paused:
            is_paused = True
            agent.tell({"pause": True})
        elif isinstance(event, Alive) and is_paused:
            agent.stop()
    assert agent.outcome is not None
    assert (agent.outcome.status, agent.outcome.exit_code) == (RunStatus.STOPPED, 0)


def test_that_a_stop_during_the_import_has_its_last_word() -> None:
    run = Followed(
        TrainingRequest(), stop_at=lambda e: isinstance(e, Progress) and e.what == "import"
    )
    assert run.outcome.status is RunStatus.STOPPED
    assert run.outcome.exit_code == 0
    assert run.done.stopped
    assert run.done.steps == 0
