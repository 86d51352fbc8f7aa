"""Examines Pythons one after the other; each that misbehaves costs its own row only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accelgui.model.events import ModuleSeen
from accelgui.model.module import MODULES, Module
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.requests import FRAMEWORKS, ModuleRequest
from accelgui.model.snapshot import Snapshot
from accelgui.runs.check import Check
from accelgui.runs.environments import Environment
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.model.snapshot import Machine

_FRAMEWORK_LIMIT_S = 120.0
_MODULE_LIMIT_S = 60.0


@dataclass(frozen=True)
class EnvironmentRow:
    """What is known of one environment.

    `problem` is how its agent ended where the Python itself did not do as a Python does; it has
    no snapshot then.
    """

    environment: Environment
    snapshot: Snapshot | None = None
    modules: tuple[Module, ...] = ()
    problem: RunOutcome | None = None
    is_done: bool = False


class EnvironmentsCheck:
    """Look at each environment in turn.

    Iterate over `rows()` on a thread that may wait: a row comes again whenever more is known of
    it. The machine is looked at once, with the first environment, unless it is given.
    """

    def __init__(
        self,
        environments: list[Environment],
        machine: Machine | None = None,
        timeout_s: float | None = None,
    ) -> None:
        self.environments = environments
        self.machine = machine
        self._timeout_s = timeout_s
        self._stopped = threading.Event()
        self._check: Check | None = None
        self._run: AgentRun | None = None

    def stop(self) -> None:
        """Ask the check to end; never waits."""
        self._stopped.set()
        if check := self._check:
            check.stop()
        if run := self._run:
            run.stop()

    def rows(self) -> Iterator[EnvironmentRow]:
        """Examine the environments; yields rows as they grow."""
        for environment in self.environments:
            if self._stopped.is_set():
                return
            yield from self._examine(environment)

    def _examine(self, environment: Environment) -> Iterator[EnvironmentRow]:
        row = EnvironmentRow(environment)
        yield row
        limit_s = self._timeout_s or _FRAMEWORK_LIMIT_S
        check = Check(environment.python, FRAMEWORKS, timeout_s=limit_s, machine=self.machine)
        self._check = check
        if self._stopped.is_set():  # Asked between the look above and the assignment.
            check.stop()
        for snapshot in check.snapshots():
            row = replace(row, snapshot=snapshot)
            yield row
        self.machine = self.machine or check.snapshot.machine
        if check.snapshot.python is None:
            if not self._stopped.is_set():
                yield replace(row, snapshot=None, problem=_first_problem(check), is_done=True)
            return
        for name in MODULES:
            if self._stopped.is_set():
                break
            if (module := self._module(environment, name)) is not None:
                row = replace(row, modules=(*row.modules, module))
                yield row
        yield replace(row, is_done=not self._stopped.is_set())

    def _module(self, environment: Environment, name: str) -> Module | None:
        command = AgentCommand("module", ModuleRequest(name), python=environment.python)
        self._run = run = AgentRun(command, Limits(total_s=self._timeout_s or _MODULE_LIMIT_S))
        if self._stopped.is_set():
            run.stop()
        seen = [event.module for event in run.events() if isinstance(event, ModuleSeen)]
        outcome = run.outcome
        if not seen or outcome is None or outcome.status is RunStatus.FINISHED:
            return seen[-1] if seen else None
        if outcome.status is RunStatus.STOPPED:
            return None
        reason = f"killed by signal {outcome.signal}" if outcome.signal else outcome.message
        return replace(seen[-1], loads=False, error=reason)


def _first_problem(check: Check) -> RunOutcome | None:
    outcomes = [outcome for name, outcome in check.outcomes.items() if name is not None]
    return next((o for o in outcomes if o.status is not RunStatus.STOPPED), None)
