"""How busy the CPU was between two looks."""

from __future__ import annotations

from typing import Any, Optional

from accelgui.agent.samplers.source import asked, percent


class CpuLoad:
    """The share of all cores' time that was spent working since the last call.

    psutil.cpu_percent would do, were its memory not one for each thread.
    """

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil
        self._before = asked(psutil, "cpu_times")

    def percent(self) -> Optional[float]:
        """Return 0 to 100, None where times are hidden or none has passed."""
        before, self._before = self._before, asked(self._psutil, "cpu_times")
        now = self._before
        if before is None or now is None:
            return None
        return load_percent(busy(now) - busy(before), idle(now) - idle(before))


def load_percent(worked_s: float, rested_s: float) -> Optional[float]:
    """Return the share of the time that was worked; None where none has passed."""
    # The kernel's counters may step back a little.
    worked_s, rested_s = max(worked_s, 0.0), max(rested_s, 0.0)
    total_s = worked_s + rested_s
    # Divided first: of a CPU that never rested, 100 × x / x may come out above 100.
    return percent(100 * (worked_s / total_s)) if total_s > 0 else None


def idle(times: Any) -> float:
    """Return the seconds in which there was nothing to do."""
    return float(times.idle + getattr(times, "iowait", 0.0))


def busy(times: Any) -> float:
    """Return the seconds that were spent working."""
    # Linux counts guests' time in user's and nice's as well.
    counted_twice = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times)) - counted_twice - idle(times)
