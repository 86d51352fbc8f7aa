"""A training followed to its end, for tests that look at it afterwards."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

from agent.real import PYTHON_VARIABLES, python_of

from accelgui.model.events import TrainingDone, WorkFailed
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.requests import TrainingRequest

    T = TypeVar("T", bound=Event)


class Followed:
    """A run in the Python of its framework; `stop_at` says at which event to stop it."""

    def __init__(
        self, request: TrainingRequest, stop_at: Callable[[Event], bool] = lambda _: False
    ) -> None:
        has_own = request.framework in PYTHON_VARIABLES
        self.python = python_of(request.framework) if has_own else sys.executable
        agent = AgentRun(AgentCommand("train", request, self.python))
        self.request = request
        self.events: list[Event] = []
        self.stop_asked_s: float | None = None
        for event in agent.events():
            self.events.append(event)
            if self.stop_asked_s is None and stop_at(event):
                agent.stop()
                self.stop_asked_s = time.monotonic()
        self.ended_s = time.monotonic()
        self.garbage_lines = agent.garbage_lines
        assert agent.outcome is not None
        self.outcome: RunOutcome = agent.outcome

    def told(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def done(self) -> TrainingDone:
        (done,) = self.told(TrainingDone)
        return done

    @property
    def failed(self) -> WorkFailed:
        (failed,) = self.told(WorkFailed)
        return failed
