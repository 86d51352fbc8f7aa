"""How much of the CPU others used while something was measured.

Threads that wait for each other at every operation, as OpenMP's do in PyTorch, lose far more than
the share that others take: where one is not let run, all wait. Measured on 2 cores with the MLP at
batch 32: 41,000 samples/s alone, 11,000 beside one busy process, 1,000 beside two.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Optional

from accelgui.agent.samplers.load import busy
from accelgui.agent.samplers.source import asked, import_psutil

# Time is counted in hundredths of a second: less of it says nothing.
_LEAST_S = 0.2


class Neighbours:
    """Compares what all processors did with what this process did."""

    def __init__(self) -> None:
        self._psutil = import_psutil()
        self._began = self._now()

    def cores(self) -> Optional[float]:
        """Return how many cores others kept busy since the beginning; None where unknown."""
        if self._began is None:
            return None
        began_s, began_all_s, began_own_s = self._began
        now = self._now()
        assert now is not None
        now_s, all_s, own_s = now
        elapsed_s = now_s - began_s
        if elapsed_s < _LEAST_S:
            return None
        return max(0.0, (all_s - began_all_s - (own_s - began_own_s)) / elapsed_s)

    def _now(self) -> Optional[tuple[float, float, float]]:
        all_s = _busy_s() if self._psutil is None else busy(self._psutil.cpu_times())
        if all_s is None:
            return None
        own_s = sum(os.times()[:4]) + self._helpers_s()
        return time.monotonic(), all_s, own_s

    def _helpers_s(self) -> float:
        """Return what processes of ours that still run have used: compilers' helpers, say."""
        if self._psutil is None:
            return 0.0
        used_s = 0.0
        for child in asked(self._psutil.Process(), "children", recursive=True) or ():
            times = asked(child, "cpu_times")
            used_s += sum(times[:4]) if times else 0.0
        return used_s


def _busy_s() -> Optional[float]:
    """Return the seconds that all processors have worked as Linux tells it, None elsewhere.

    Steal counts: it is time in which the host of a virtual machine ran others.
    """
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").split(maxsplit=9)
        user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, fields[1:9])
    except (OSError, ValueError):
        return None
    ticks = user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")
