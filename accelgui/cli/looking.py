"""A look at the machine before it is watched: what its devices are called, how hot they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.cli.interrupts import stopping_on_interrupt
from accelgui.model.events import MachineSeen
from accelgui.model.requests import MachineRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun, Limits

if TYPE_CHECKING:
    from accelgui.model.snapshot import Machine
    from accelgui.telemetry.alerts import Limits as DeviceLimits


class Look:
    """Done when made, after `limit_s` at most: a driver may hang.

    `machine` is what was seen of it by then, None for nothing; `is_interrupted` whether somebody
    asked to stop meanwhile.
    """

    def __init__(self, limit_s: float) -> None:
        self.machine: Machine | None = None
        run = AgentRun(AgentCommand("machine", MachineRequest()), Limits(limit_s))
        with stopping_on_interrupt(run.stop) as interrupted:
            for event in run.events():
                if isinstance(event, MachineSeen):
                    self.machine = event.machine
        self.is_interrupted = interrupted.asked

    @property
    def names(self) -> dict[str, str]:
        """What the devices are called, by their keys."""
        return {d.key: d.name for d in self.machine.devices} if self.machine else {}

    @property
    def limits(self) -> dict[str, DeviceLimits]:
        """From which temperatures the devices slow down, as far as they say so."""
        from accelgui.telemetry.alerts import Limits as DeviceLimits  # noqa: PLC0415 - NumPy.

        return {d.key: DeviceLimits.of(d) for d in self.machine.devices} if self.machine else {}
