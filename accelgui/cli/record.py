"""``accelgui record``: telemetry to a file."""

from __future__ import annotations

import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.cli.alerting import Alerting
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem
from accelgui.cli.interrupts import stopping_on_interrupt
from accelgui.cli.looking import Look
from accelgui.model.events import SampleTaken, XidSeen
from accelgui.model.mark import DRIVER_CHANGED, Mark
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun
from accelgui.words import _, outcomes
from accelgui.words.units import bytes_text, seconds_text

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.outcome import RunOutcome
    from accelgui.telemetry.recording import Recorder

# A sampler ends by itself to make room for a new one after a driver's change. One that does so at
# once, again and again, is of no use.
_WELL_S = 10.0
_QUICK_ENDS = 3
# A driver that hangs must not keep the rest of the machine from being recorded.
_LOOK_LIMIT_S = 10.0


def run(options: argparse.Namespace, console: Console, meter: Meter) -> ExitCode:
    """Record until the time is over or somebody interrupts; raises InputProblem."""
    path = Path(options.file)
    # Before the look, which takes a second.
    _refuse_existing(path)
    look = Look(_LOOK_LIMIT_S)
    recording = _Recording(path, look, console, meter)
    if look.is_interrupted:
        return recording.tell_end(None)
    end_s = None if options.duration is None else time.monotonic() + options.duration
    outcome = recording.follow(options.interval, end_s)
    return recording.tell_end(outcome)


class _Recording:
    """A file that is being written."""

    def __init__(self, path: Path, look: Look, console: Console, meter: Meter) -> None:
        self._console = console
        self._meter = meter
        self._recorder = _recorder(path, look.names)
        folder = path.resolve().parent
        self._alerting = Alerting(folder, look.limits, self._recorder.mark, console, meter)
        self._told: str | None = None
        self._begun_s = time.monotonic()

    def follow(self, interval_s: float, end_s: float | None) -> RunOutcome:
        """Record what samplers tell, one after the other where one ends by itself."""
        from accelgui.telemetry import Timeline  # noqa: PLC0415 - As in _recorder.

        timeline = Timeline()
        zero_s = timeline.now_s()
        quick_ends = 0
        try:
            while True:
                begun_s = time.monotonic()
                run = AgentRun(AgentCommand("sample", SampleRequest(interval_s)))
                with stopping_on_interrupt(run.stop) as interrupted:
                    for event in run.events():
                        for jump in timeline.jumps():
                            self._recorder.mark(jump, jump.time_s - zero_s)
                        if isinstance(event, XidSeen):
                            parameters = (("device", event.device), ("xid", str(event.xid)))
                            place_s = timeline.place(event.time_s) - zero_s
                            self._recorder.mark(Mark(place_s, "xid", parameters), place_s)
                        if isinstance(event, SampleTaken):
                            place_s = timeline.place(event.sample.time_s) - zero_s
                            self._recorder.take(event.sample, place_s)
                            self._alerting.take(event.sample, place_s)
                        self._tell()
                        if end_s is not None and time.monotonic() >= end_s:
                            run.stop()
                assert run.outcome is not None
                quick_ends = quick_ends + 1 if time.monotonic() - begun_s < _WELL_S else 0
                is_over = interrupted.asked or run.outcome.status is not RunStatus.FINISHED
                if is_over or quick_ends == _QUICK_ENDS:
                    return run.outcome
                place_s = timeline.now_s() - zero_s
                self._recorder.mark(Mark(place_s, DRIVER_CHANGED), place_s)
        finally:
            self._close()

    def tell_end(self, outcome: RunOutcome | None) -> ExitCode:
        """Say what was recorded, and what went wrong; None where nothing was followed."""
        if outcome is None:
            self._close()
        self._meter.clear()
        recorder = self._recorder
        text = _("{path}: {time}, {size}")
        self._console.line(
            text.format(
                path=recorder.path,
                time=seconds_text(time.monotonic() - self._begun_s),
                size=bytes_text(recorder.bytes_written),
            )
        )
        if recorder.problem is not None:
            self._say_problem(recorder.problem)
            return ExitCode.BAD
        if outcome and outcome.status not in {RunStatus.STOPPED, RunStatus.FINISHED}:
            self._console.note(outcomes.sentence(outcome, _("Watching the devices")))
            return ExitCode.BAD
        return ExitCode.GOOD

    def _close(self) -> None:
        self._alerting.close()
        self._recorder.close()

    def _tell(self) -> None:
        problem = self._recorder.problem
        if problem is not None and problem != self._told:
            self._say_problem(problem)
        self._told = problem
        self._console.meter(
            _("{time}, {size}").format(
                time=seconds_text(round(time.monotonic() - self._begun_s)),
                size=bytes_text(self._recorder.bytes_written),
            )
        )

    def _say_problem(self, reason: str) -> None:
        self._meter.clear()
        text = _("{path} cannot be written: {reason}. What was recorded before is kept.")
        self._console.note(text.format(path=self._recorder.path, reason=reason))


def _refuse_existing(path: Path) -> None:
    if path.exists():
        text = _("{path} is there already; nothing is overwritten.")
        raise InputProblem(text.format(path=path))


def _recorder(path: Path, names: dict[str, str]) -> Recorder:
    # It brings NumPy, for which the other commands must not wait.
    from accelgui.telemetry.recording import Header, Recorder  # noqa: PLC0415

    try:
        return Recorder(path, Header(time.time(), platform.node(), names))
    except OSError as error:
        _refuse_existing(path)
        text = _("{path} cannot be written: {reason}")
        raise InputProblem(text.format(path=path, reason=error.strerror)) from error
