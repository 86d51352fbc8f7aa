"""A check: the machine seen from our own Python, then each framework in the chosen one.

The machine's agent runs in our Python, which has psutil and pynvml; a framework's agent runs in
the examined one, each in a process of its own, so that one that hangs or crashes costs its own
facts only.
"""

from __future__ import annotations

import queue
import sys
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.model.events import Event, FrameworkSeen, Hello, MachineSeen, PythonSeen
from accelgui.model.outcome import FailureKind, RunOutcome, RunStatus
from accelgui.model.requests import FRAMEWORKS, FrameworkRequest, MachineRequest
from accelgui.model.snapshot import Framework, Machine, Snapshot
from accelgui.runs.launch import AgentCommand
from accelgui.runs.logs import log_tail
from accelgui.runs.run import AgentRun, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG_LINES = 100

# First imports from a cold or networked disk have been seen to take over a minute.
_MACHINE_LIMIT_S = 60.0
_FRAMEWORK_LIMIT_S = 180.0


@dataclass(frozen=True)
class _Ended:
    framework: str | None
    outcome: RunOutcome


class Check:
    """Look at the machine and its frameworks, both at once.

    Iterate over `snapshots()` on a thread that may wait: each is more complete than the one
    before. `outcomes` tells how each agent ended: key None is the machine's. `defect` is the
    outcome of an agent that failed by our own fault. Given a `machine`, it is not looked at again.
    """

    def __init__(
        self,
        python: str = sys.executable,
        frameworks: tuple[str, ...] = FRAMEWORKS,
        sysroot: str | None = None,
        timeout_s: float | None = None,
        machine: Machine | None = None,
    ) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        self.snapshot = Snapshot(taken_at=now, machine=machine)
        self.outcomes: dict[str | None, RunOutcome] = {}
        self._machine = AgentRun(
            AgentCommand("machine", _machine_request(sysroot, timeout_s)),
            Limits(total_s=timeout_s or _MACHINE_LIMIT_S),
        )
        # A folder tree has no running Python, so nothing live is asked of a framework either.
        self._frameworks = () if sysroot else frameworks
        self._python = python
        self._framework_limits = Limits(total_s=timeout_s or _FRAMEWORK_LIMIT_S)
        self._current: AgentRun | None = None
        self._stopped = threading.Event()
        self._news: queue.Queue[Event | _Ended | None] = queue.Queue()

    @property
    def defect(self) -> RunOutcome | None:
        """The first outcome that is our own fault."""
        faults = [o for o in self.outcomes.values() if o.failure is FailureKind.DEFECT]
        return faults[0] if faults else None

    def stop(self) -> None:
        """Ask the check to end; never waits."""
        self._stopped.set()
        self._machine.stop()
        if current := self._current:
            current.stop()

    def snapshots(self) -> Iterator[Snapshot]:
        """Run the check; yields the snapshot whenever it has grown."""
        work = {"machine": self._see_machine, "frameworks": self._see_frameworks}
        if self.snapshot.machine is not None:
            del work["machine"]
        threads = [threading.Thread(target=see, name=name) for name, see in work.items()]
        for thread in threads:
            thread.start()
        try:
            working = len(threads)
            while working:
                news = self._news.get()
                if news is None:
                    working -= 1
                elif (snapshot := self._grown(news)) != self.snapshot:
                    self.snapshot = snapshot
                    yield snapshot
        finally:
            self.stop()
            for thread in threads:
                thread.join()

    def _see_machine(self) -> None:
        self._follow(self._machine, None)
        self._news.put(None)

    def _see_frameworks(self) -> None:
        mute: RunOutcome | None = None
        for name in self._frameworks:
            if self._stopped.is_set():
                break
            if mute is not None:
                self._news.put(_Ended(name, mute))
                continue
            command = AgentCommand("framework", FrameworkRequest(name), python=self._python)
            self._current = AgentRun(command, self._framework_limits)
            if self._stopped.is_set():  # Asked between the first look and the assignment.
                self._current.stop()
            self._follow(self._current, name)
            # A Python that says nothing by itself says nothing the next time either; one that
            # hangs costs its time limit once.
            mute = None if self._current.has_greeted else self._current.outcome
        self._news.put(None)

    def _follow(self, run: AgentRun, framework: str | None) -> None:
        for event in run.events():
            if framework is not None or not isinstance(event, Hello):
                self._news.put(event)
        assert run.outcome is not None
        self._news.put(_Ended(framework, run.outcome))

    def _grown(self, news: Event | _Ended) -> Snapshot:
        match news:
            case Hello(python=python):
                return replace(self.snapshot, python=python)
            case MachineSeen(machine=machine):
                return replace(self.snapshot, machine=machine)
            case PythonSeen(contents=contents, python=python):
                seen = python or self.snapshot.python
                return replace(self.snapshot, contents=contents, python=seen)
            case FrameworkSeen(framework=framework):
                return self._with_framework(framework)
            case _Ended(framework=name, outcome=outcome):
                self.outcomes[name] = outcome
                if name is not None and _says_of_the_framework(outcome):
                    return self._with_framework(self._cut_short(name, outcome))
        return self.snapshot

    def _with_framework(self, framework: Framework) -> Snapshot:
        others = [f for f in self.snapshot.frameworks if f.name != framework.name]
        found = sorted([*others, framework], key=lambda f: FRAMEWORKS.index(f.name))
        return replace(self.snapshot, frameworks=tuple(found))

    def _cut_short(self, name: str, outcome: RunOutcome) -> Framework:
        """Say of a framework whose agent died or hung what it said until then, and how it ended."""
        seen = [f for f in self.snapshot.frameworks if f.name == name]
        framework = seen[0] if seen else Framework(name)
        log = tuple(log_tail(Path(outcome.log_path) if outcome.log_path else None)[-_LOG_LINES:])
        timed_out = outcome.status is RunStatus.NO_ANSWER
        was_killed = outcome.signal and not timed_out
        reason = f"killed by signal {outcome.signal}" if was_killed else outcome.message
        return replace(
            framework,
            imported=framework.imported or False,
            import_error=framework.import_error if framework.imported else reason,
            timed_out=timed_out,
            log=framework.log or log,
        )


def _says_of_the_framework(outcome: RunOutcome) -> bool:
    """Whether the end of an agent tells of its framework: a stop does not, nor our own defect."""
    ended_well = outcome.status in {RunStatus.FINISHED, RunStatus.STOPPED}
    return not ended_well and outcome.failure is not FailureKind.DEFECT


def _machine_request(sysroot: str | None, timeout_s: float | None) -> MachineRequest:
    """Have a driver's call given up well before the whole look is, so that it can be told."""
    request = MachineRequest(sysroot=sysroot)
    if timeout_s is None:
        return request
    return replace(request, call_timeout_s=min(request.call_timeout_s, timeout_s / 3))
