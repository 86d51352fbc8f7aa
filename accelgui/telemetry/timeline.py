"""One axis of time for live values, also across a machine's sleep and a clock that is set."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from accelgui.model.mark import Mark

# Slewing moves the clock by less than this between two looks.
_LEAST_JUMP_S = 2.0


def _since_boot_s() -> float:
    """Return the seconds since boot, those of sleep included where the system tells them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(frozen=True)
class Clocks:
    """The clocks of a machine: the agents' (which stops in sleep), since boot, and of the wall."""

    monotonic_s: Callable[[], float] = time.monotonic
    since_boot_s: Callable[[], float] = _since_boot_s
    wall_s: Callable[[], float] = time.time


@dataclass
class Timeline:
    """Turns an agent's times into seconds on an axis that never stops and never jumps back.

    `wall_s(axis_s)` is the time of day of a moment on it, by the clock as it is set now.
    """

    clocks: Clocks = field(default_factory=Clocks)

    def __post_init__(self) -> None:
        self._slept_s = self._sleep_s()
        self._wall_offset_s = self.clocks.wall_s() - self.clocks.since_boot_s()

    def place(self, monotonic_s: float) -> float:
        """Return where a moment of the agents' clock is on the axis."""
        return monotonic_s + self._slept_s

    def now_s(self) -> float:
        """Return the present on the axis."""
        return self.place(self.clocks.monotonic_s())

    def wall_s(self, axis_s: float) -> float:
        """Return the time of day of a moment, in seconds since the epoch."""
        return axis_s + self._wall_offset_s

    def look(self) -> tuple[float, float]:
        """Compare the clocks; returns the seconds slept, and those the wall clock was set by.

        Either is 0 where nothing of note happened.
        """
        slept_s = self._sleep_s() - self._slept_s
        slept_s = slept_s if slept_s > _LEAST_JUMP_S else 0.0
        self._slept_s += slept_s
        offset_s = self.clocks.wall_s() - self.clocks.since_boot_s()
        set_s = offset_s - self._wall_offset_s
        set_s = set_s if abs(set_s) > _LEAST_JUMP_S else 0.0
        self._wall_offset_s += set_s
        return slept_s, set_s

    def jumps(self) -> tuple[Mark, ...]:
        """Look, and return what is to be told of it: "slept" and "clock_set", with their seconds.

        Values from before a sleep and from after it are not to be joined.
        """
        slept_s, set_s = self.look()
        seconds = {"slept": slept_s, "clock_set": set_s}
        now_s = self.now_s()
        return tuple(
            Mark(now_s, code, (("seconds", f"{passed_s:.0f}"),))
            for code, passed_s in seconds.items()
            if passed_s
        )

    def _sleep_s(self) -> float:
        return self.clocks.since_boot_s() - self.clocks.monotonic_s()
