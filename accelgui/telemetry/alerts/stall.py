"""A training that claims to go on while its device does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.sample import HOST
from accelgui.telemetry.alerts.alert import STEPS_GO_ON, STEPS_STOPPED

if TYPE_CHECKING:
    from collections.abc import Mapping

_CPU = "cpu"
# Steps are told of several times a second; validation of a large set may take some seconds.
_STEPS_GO_ON_S = 5.0


class Stall:
    """The run under way, as far as it bears on its device's load.

    From its first step on it should keep its device busy, unless a person lets it wait. Before
    that it compiles, which the device does not see.
    """

    def __init__(self) -> None:
        self.device = ""
        self._stepped_s = 0.0
        self._is_paused = False

    def begin(self, device: str, time_s: float) -> None:
        """The first step begins on a device ("gpu:0", "cpu")."""
        self.device, self._stepped_s, self._is_paused = device, time_s, False

    def step(self, time_s: float) -> None:
        """The run told of a step."""
        self._stepped_s = time_s

    def pause(self, is_paused: bool) -> None:
        """A person lets the run wait, or go on."""
        self._is_paused = is_paused

    def end(self) -> None:
        """The run is over."""
        self.device = ""

    def is_of(self, device: str) -> bool:
        """Does a sample of this device tell the load of the run's?"""
        # What else the CPU does must not hide that the run does nothing.
        return bool(self.device) and device == (HOST if self.device == _CPU else self.device)

    def load(self, values: Mapping[str, float | None]) -> float | None:
        """Return the load in percent, None where it is not known or need not be any."""
        if self._is_paused:
            return None
        name = "run_cpu_percent" if self.device == _CPU else "utilisation_percent"
        return values.get(name)

    def detail(self, time_s: float) -> str:
        """Return whether steps go on all the same."""
        return STEPS_GO_ON if time_s - self._stepped_s < _STEPS_GO_ON_S else STEPS_STOPPED
