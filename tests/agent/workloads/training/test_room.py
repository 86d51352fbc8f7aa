"""A ladder takes no more threads than other programs leave cores to, and says so."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from agent.real import python_of

from accelgui.agent.workloads.training.room import room_beside
from accelgui.model.events import LadderStarted
from accelgui.model.requests import LadderRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = "while True: pass"


@pytest.fixture
def busy_neighbour() -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-c", BUSY]) as other:
        yield
        other.kill()


@pytest.mark.parametrize(
    ("others_cores", "cores", "threads_count"),
    [
        (0.0, 2, None),
        (0.2, 2, None),
        (0.5, 2, 1),
        (1.0, 2, 1),
        (1.1, 2, 1),
        (2.0, 2, 1),
        (5.0, 2, 1),
        (1.05, 64, 63),
        (3.0, 64, 61),
    ],
)
def test_that_each_thread_finds_a_core(
    others_cores: float, cores: int, threads_count: int | None
) -> None:
    assert room_beside(others_cores, cores) == threads_count


@pytest.mark.usefixtures("busy_neighbour")
def test_that_pytorch_leaves_a_busy_neighbour_its_core() -> None:
    request = LadderRequest(framework="pytorch", device="cpu", measure_s=0.3)
    run = AgentRun(AgentCommand("ladder", request, python_of("pytorch")))
    started = None
    for event in run.events():
        if isinstance(event, LadderStarted):
            started = event
            run.stop()
    assert started is not None
    assert started.threads_count is not None
    assert started.threads_count >= 1
