"""Follow one agent from the command line: progress, Ctrl-C, a closed pipe, how it ended."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from accelgui.cli.check_text import write_finding_text
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.interrupts import stopping_on_interrupt
from accelgui.model.events import Progress, WorkFailed
from accelgui.model.outcome import FailureKind, RunOutcome, RunStatus
from accelgui.runs.run import AgentRun, Limits
from accelgui.words import _, outcomes
from accelgui.words.findings import of_failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.events import Event
    from accelgui.model.finding import Finding
    from accelgui.runs.launch import AgentCommand


class Running:
    """One run; iterate over `events()`, then ask for `outcome`."""

    def __init__(
        self, command: AgentCommand, timeout_s: float | None, console: Console, meter: Meter
    ) -> None:
        self._run = AgentRun(command, Limits(total_s=timeout_s))
        self._python = command.python
        self._framework = command.request.framework
        self._console = console
        self._meter = meter
        self.failed: WorkFailed | None = None

    @property
    def outcome(self) -> RunOutcome:
        """How it ended; only after the events have."""
        assert self._run.outcome is not None
        return self._run.outcome

    def events(self) -> Iterator[Event]:
        """Yield events, showing progress on the way; Ctrl-C and a closed stdout stop the run."""
        with stopping_on_interrupt(self._run.stop):
            for event in self._run.events():
                if isinstance(event, Progress):
                    self._meter.show(event)
                elif isinstance(event, WorkFailed):
                    self.failed = event
                yield event
                if self._console.closed:
                    self._run.stop()
        self._meter.clear()

    def tell_trouble(self, what: str, words: str = "", *, is_explained: bool = False) -> None:
        """Say on stderr how the run ended, where it did not end well; in `words`, if given.

        What a finding has explained is not said again, and the log is.
        """
        outcome = self.outcome
        if outcome.status is RunStatus.FINISHED or self._console.closed:
            return
        if not is_explained:
            self._console.note(words or outcomes.sentence(outcome, what))
        if outcome.log_path and outcome.status in {RunStatus.FAILED, RunStatus.KILLED}:
            self._console.note(_("Log: {path}").format(path=outcome.log_path))

    def finding(self) -> Finding | None:
        """Return what the run failed with, None where that is no known cause."""
        if self.failed is None:
            return None
        parameters = {
            "python": self._python,
            "system": platform.system(),
            "framework": self._framework,
        }
        return of_failure(self.failed, parameters)

    def tell_remedies(self) -> None:
        """Say on stdout what to do, where the failure has a known cause."""
        if (finding := self.finding()) is not None:
            write_finding_text(self._console, finding)

    def exit_code(self) -> ExitCode:
        """Return the exit code that the way of ending asks for."""
        if self.outcome.failure is FailureKind.DEFECT:
            return ExitCode.DEFECT
        return ExitCode.GOOD if self.outcome.status is RunStatus.FINISHED else ExitCode.BAD
