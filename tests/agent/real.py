"""Real agents in real Pythons: run a request to its end and look at what it told."""

from __future__ import annotations

import os
import sys
import venv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from accelgui.model.events import Event
from accelgui.model.outcome import RunOutcome
from accelgui.runs.launch import AgentCommand
from accelgui.runs.logs import log_tail
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

# Frameworks do not share an environment: the others' Pythons are named by variables.
PYTHON_VARIABLES = {
    "pytorch": "ACCELGUI_TEST_TORCH_PYTHON",
    "jax": "ACCELGUI_TEST_JAX_PYTHON",
}


@dataclass(frozen=True)
class Told:
    """What an agent told, how it ended, and its log."""

    events: list[Event]
    outcome: RunOutcome
    log: list[str]

    def all(self, kind: type[T]) -> list[T]:
        """Return the events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


def python_of(framework: str) -> str:
    """Return the Python that has a framework; skips the test where none is named."""
    if framework == "tensorflow":
        return sys.executable
    variable = PYTHON_VARIABLES[framework]
    python = os.environ.get(variable)
    if not python:
        pytest.skip(f"{variable} names no Python with {framework}")
    return python


def bare_python(folder: Path) -> str:
    """Make a Python with nothing but the standard library."""
    venv.create(folder / "bare", symlinks=True)
    return str(folder / "bare" / "bin" / "python")


def ask(
    command: str,
    request: Any,
    python: str = sys.executable,
    environment: dict[str, str] | None = None,
    until: Callable[[Event], bool] | None = None,
) -> Told:
    """Have an agent answer a request; it is stopped at the first event of which `until` is true."""
    run = AgentRun(AgentCommand(command, request, python, environment or {}))
    events = list(_followed(run, until))
    assert run.outcome is not None
    return Told(events, run.outcome, log_tail(run.log_path))


def _followed(run: AgentRun, until: Callable[[Event], bool] | None) -> Iterator[Event]:
    for event in run.events():
        if until is not None and until(event):
            run.stop()
        yield event


def logs_to(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Keep the logs of fixtures that outlive a test out of the user's folders."""
    patch.setenv("XDG_STATE_HOME", str(folder))
