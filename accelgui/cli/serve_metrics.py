"""``accelgui serve-metrics``: live values for Prometheus."""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING

from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem
from accelgui.cli.interrupts import stopping_on_interrupt
from accelgui.cli.looking import Look
from accelgui.model.events import SampleTaken, XidSeen
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun
from accelgui.settings import Settings
from accelgui.words import _, outcomes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.metrics import Board
    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome
    from accelgui.runs.run import AgentRun as Run

# As in `record`: a sampler that lived this long makes room for a new one.
_WELL_S = 10.0
# A driver that hangs must not keep the rest of the machine from being told.
_LOOK_LIMIT_S = 10.0
# Values count for some paces; of a slow pace, too.
_STALE_PACES = 5.0
_STALE_LEAST_S = 15.0


def run(options: argparse.Namespace, console: Console, _meter: Meter) -> ExitCode:
    """Serve until the time is over or somebody interrupts; raises InputProblem."""
    # Served by what few have; nobody else shall wait for it.
    from accelgui.metrics import Board, MetricsError, Server, is_loopback  # noqa: PLC0415

    board = Board(
        platform.node(),
        shows_names=not options.hide_names,
        stale_s=max(_STALE_LEAST_S, _STALE_PACES * options.interval),
    )
    try:
        server = Server(board, options.port, options.address)
    except MetricsError as error:
        raise InputProblem(str(error)) from error
    try:
        console.line(_("Metrics: {url}").format(url=server.url))
        if not is_loopback(options.address):
            console.note(_warning(options.address, has_names=not options.hide_names))
        end_s = None if options.duration is None else time.monotonic() + options.duration
        return _Serving(board, end_s).follow(options.interval, console)
    finally:
        server.close()


class _Serving:
    """Agents that are followed one after the other, until the time is over."""

    def __init__(self, board: Board, end_s: float | None) -> None:
        from accelgui.telemetry.alerts import Alerts, Thresholds  # noqa: PLC0415 - NumPy.

        self._board = board
        self._end_s = end_s
        self._choices = Settings.load().alert_choices()
        self._alerts = Alerts(Thresholds.of(self._choices))
        self._is_stopped = False

    def follow(self, interval_s: float, console: Console) -> ExitCode:
        """Look at the machine for the names of its devices, then sample."""
        look = Look(_LOOK_LIMIT_S)
        self._is_stopped = look.is_interrupted
        self._name(look)
        outcome = None
        while not self._is_stopped:
            begun_s = time.monotonic()
            sampler = AgentRun(AgentCommand("sample", SampleRequest(interval_s)))
            for event in self._events(sampler):
                if isinstance(event, SampleTaken):
                    self._take(event)
                elif isinstance(event, XidSeen):
                    self._board.take_xid(event.device, event.xid)
            outcome = sampler.outcome
            if time.monotonic() - begun_s < _WELL_S or not _is_well(outcome):
                break
        if not self._is_stopped and outcome is not None and not _is_well(outcome):
            console.note(outcomes.sentence(outcome, _("Watching the devices")))
            return ExitCode.BAD
        return ExitCode.GOOD

    def _events(self, run: Run) -> Iterator[Event]:
        with stopping_on_interrupt(run.stop) as interrupted:
            for event in run.events():
                yield event
                if self._end_s is not None and time.monotonic() >= self._end_s:
                    self._is_stopped = True
                    run.stop()
        self._is_stopped = self._is_stopped or interrupted.asked

    def _name(self, look: Look) -> None:
        from accelgui.telemetry.alerts import Thresholds  # noqa: PLC0415 - As above.

        if look.machine is not None:
            self._board.name(look.machine.devices, look.machine.nvidia.nvml_driver_version)
        self._alerts.change(Thresholds.of(self._choices, look.limits))

    def _take(self, event: SampleTaken) -> None:
        sample = event.sample
        self._board.take(sample)
        self._alerts.take(sample, sample.time_s)
        self._alerts.look(sample.time_s)
        self._board.show_alerts(tuple(alert.key for alert in self._alerts.active))


def _is_well(outcome: RunOutcome | None) -> bool:
    return outcome is not None and outcome.status in {RunStatus.FINISHED, RunStatus.STOPPED}


def _warning(address: str, *, has_names: bool) -> str:
    text = _("Everybody who reaches {address} of this machine can read them: nothing is asked.")
    if has_names:
        text += " " + _("They name this machine and its GPUs; --hide-names leaves that out.")
    return text.format(address=address)
