"""A run of every bad agent ends in the right outcome, soon, with nothing left behind."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time

import psutil
import pytest
import zoo

from accelgui.model.events import Event, Progress, TrainingProgress
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.requests import FrameworkRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun, Limits

SHORT = Limits(hello_s=1.0, silence_s=1.0, close_s=0.4, terminate_s=0.3)


def follow(command: AgentCommand, limits: Limits | None = None) -> tuple[list[Event], RunOutcome]:
    run = AgentRun(command, limits)
    events = list(run.events())
    assert run.outcome is not None
    return events, run.outcome


def steps(events: list[Event]) -> list[str]:
    return [event.what for event in events if isinstance(event, Progress)]


def test_that_an_agent_that_never_speaks_gives_no_answer() -> None:
    events, outcome = follow(zoo.command("silent"), SHORT)
    assert events == []
    assert outcome.status is RunStatus.NO_ANSWER


def test_that_an_agent_that_falls_silent_gives_no_answer() -> None:
    _, outcome = follow(zoo.command("falls_silent"), SHORT)
    assert outcome.status is RunStatus.NO_ANSWER
    assert "silent for 1 s" in (outcome.message or "")


def test_that_a_run_beyond_its_total_time_gives_no_answer() -> None:
    _, outcome = follow(zoo.command("polite"), Limits(total_s=0.5))
    assert outcome.status is RunStatus.NO_ANSWER


def test_that_a_flood_is_read_to_its_end() -> None:
    events, outcome = follow(zoo.command("flooding"))
    assert outcome.status is RunStatus.FINISHED
    assert len(steps(events)) > 90_000


def test_that_an_endless_line_is_skipped_and_what_follows_is_read() -> None:
    events, outcome = follow(zoo.command("endless_line"))
    assert steps(events) == ["after"]
    assert outcome.status is RunStatus.FINISHED


def test_that_garbage_is_skipped_and_what_follows_is_read() -> None:
    run = AgentRun(zoo.command("garbage"))
    events = list(run.events())
    assert steps(events) == ["after"]
    assert run.outcome is not None
    assert run.outcome.status is RunStatus.FINISHED
    assert run.garbage_lines == 10


def test_that_a_crash_at_start_tells_the_last_words() -> None:
    _, outcome = follow(zoo.command("crashes_at_start"))
    assert outcome.status is RunStatus.NOT_STARTED
    assert outcome.message == "RuntimeError: cannot even begin"


def test_that_an_abort_tells_its_signal_and_keeps_what_was_said_before() -> None:
    events, outcome = follow(zoo.command("aborts_mid_run"))
    assert steps(events) == ["train"]
    assert (outcome.status, outcome.signal) == (RunStatus.KILLED, 6)


def test_that_a_kill_from_outside_tells_its_signal() -> None:
    _, outcome = follow(zoo.command("killed_mid_run"))
    assert (outcome.status, outcome.signal) == (RunStatus.KILLED, 9)


def test_that_a_crash_after_the_work_is_still_told() -> None:
    _, outcome = follow(zoo.command("crashes_at_exit"))
    assert (outcome.status, outcome.signal) == (RunStatus.KILLED, 11)


def test_that_an_agent_that_leaves_without_a_word_has_failed() -> None:
    _, outcome = follow(zoo.command("leaves_without_a_word"))
    assert (outcome.status, outcome.exit_code) == (RunStatus.FAILED, 0)


def test_that_an_agent_that_closes_stdout_is_ended() -> None:
    _, outcome = follow(zoo.command("closes_stdout"), SHORT)
    assert outcome.status is RunStatus.FAILED


def test_that_nan_arrives_as_nan() -> None:
    events, outcome = follow(zoo.command("emits_nan"))
    losses = [event.loss for event in events if isinstance(event, TrainingProgress)]
    assert len(losses) == 1
    assert math.isnan(losses[0])
    assert outcome.status is RunStatus.FINISHED


def test_that_another_protocol_is_refused() -> None:
    events, outcome = follow(zoo.command("wrong_protocol"))
    assert events == []
    assert outcome.status is RunStatus.FAILED
    assert "protocol 7" in (outcome.message or "")


@pytest.mark.parametrize("name", ["polite", "deaf", "deaf_with_child", "flooding", "falls_silent"])
def test_that_stop_ends_any_agent_within_3_s(name: str) -> None:
    run = AgentRun(zoo.command(name))
    asked_s = 0.0
    for _ in run.events():
        if not asked_s:
            asked_s = time.monotonic()
            run.stop()
    assert run.outcome is not None
    assert time.monotonic() - asked_s < 3.0
    assert run.outcome.status is RunStatus.STOPPED


def test_that_children_of_a_killed_agent_are_killed_too() -> None:
    run = AgentRun(zoo.command("deaf_with_child"), SHORT)
    children: list[psutil.Process] = []
    for event in run.events():
        if isinstance(event, Progress):
            children.append(psutil.Process(int(event.done)))
            run.stop()
    assert len(children) == 1
    gone, _ = psutil.wait_procs(children, timeout=5)
    assert gone == children


def test_that_a_missing_interpreter_could_not_start() -> None:
    command = AgentCommand("framework", FrameworkRequest("x"), python="/no/such/python")
    _, outcome = follow(command)
    assert outcome.status is RunStatus.NOT_STARTED
    assert outcome.message == "/no/such/python: No such file or directory"


def test_that_something_that_is_no_python_could_not_start() -> None:
    command = AgentCommand("framework", FrameworkRequest("x"), python="/bin/false")
    _, outcome = follow(command)
    assert outcome.status is RunStatus.NOT_STARTED


def test_that_breaking_off_the_iteration_ends_the_agent() -> None:
    run = AgentRun(zoo.command("deaf"), SHORT)
    events = run.events()
    next(events)
    pid = run.pid
    events.close()  # type: ignore[attr-defined]
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not [t for t in threading.enumerate() if t.name == "agent-stdout"]


@pytest.mark.skipif(sys.platform != "linux", reason="the guard asks the Linux kernel")
def test_that_a_deaf_agent_dies_with_a_killed_controller() -> None:
    script = (
        "import sys, zoo\n"
        "from accelgui.runs.run import AgentRun\n"
        "run = AgentRun(zoo.command('deaf'))\n"
        "for _ in run.events():\n"
        "    print(run.pid, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(zoo.FOLDER.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment
    ) as controller:
        assert controller.stdout is not None
        agent = psutil.Process(int(controller.stdout.readline()))
        controller.kill()
    gone, _ = psutil.wait_procs([agent], timeout=5)
    assert gone
