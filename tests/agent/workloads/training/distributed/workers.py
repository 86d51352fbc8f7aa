"""Real agents that share a training, followed to their end side by side."""

from __future__ import annotations

import socket
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import psutil
from agent.real import PYTHON_VARIABLES, python_of

from accelgui.model.events import Event, TrainingProgress
from accelgui.model.requests import TrainingRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accelgui.model.outcome import RunOutcome

T = TypeVar("T")

_LIMITS = Limits(total_s=100)

# Two processes on one CPU hinder each other with threads.
_VARIABLES = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}


def free_addresses(count: int) -> tuple[str, ...]:
    """Return addresses of the loopback at which nobody listens."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    addresses = tuple(f"127.0.0.1:{each.getsockname()[1]}" for each in sockets)
    for each in sockets:
        each.close()
    return addresses


@dataclass
class Follower:
    """One agent and what it told."""

    run: AgentRun
    events: list[Event] = field(default_factory=list)

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def outcome(self) -> RunOutcome:
        assert self.run.outcome is not None
        return self.run.outcome

    def replica(self, local_rank: int = 0) -> psutil.Process:
        """Return a process that trains for this agent."""
        assert self.run.pid is not None
        children = psutil.Process(self.run.pid).children()
        wanted = f'"local_rank":{local_rank}'
        (found,) = [child for child in children if wanted in child.cmdline()[-1]]
        return found


def agent(request: TrainingRequest, **variables: str) -> Follower:
    """Return an agent that is not started yet."""
    framework = request.framework
    python = python_of(framework) if framework in PYTHON_VARIABLES else sys.executable
    command = AgentCommand("train", request, python, {**_VARIABLES, **variables})
    return Follower(AgentRun(command, _LIMITS))


def pair(
    framework: str, changes: Sequence[dict[str, Any]] = ({}, {}), **common: Any
) -> list[Follower]:
    """Return two workers on the loopback; `changes` is what each has of its own."""
    addresses = free_addresses(2)
    requests = (
        TrainingRequest(**{
            "framework": framework,
            "device": "cpu",
            "strategy": "multi-worker",
            "workers": addresses,
            "worker_index": index,
            **common,
            **own,
        })
        for index, own in enumerate(changes)
    )
    return [agent(request, ACCELGUI_JOIN_TIMEOUT_S="60") for request in requests]


def follow(agents: Sequence[Follower], once_training: Callable[[], None] | None = None) -> None:
    """Follow all to their end; `once_training` is called when the first one has begun to report."""
    threads = [
        threading.Thread(target=_follow, args=(one, once_training if one is agents[0] else None))
        for one in agents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _follow(one: Follower, once_training: Callable[[], None] | None) -> None:
    for event in one.run.events():
        one.events.append(event)
        if once_training is not None and isinstance(event, TrainingProgress):
            once_training()
            once_training = None
