"""How much of the CPU others used while something was measured.

Threads that wait for each other at every operation, as OpenMP's do in PyTorch, lose far more than
the share that others take: where one is not let run, all wait. Measured on 2 cores with the MLP at
batch 32: 41,000 samples/s alone, 11,000 beside one busy process, 1,000 beside two.
"""

from __future__ import annotations

import os
import time
from typing import Optional

from accelgui.agent.samplers.load import busy
from accelgui.agent.samplers.source import import_psutil

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
        if self._psutil is None:
            return None
        own = os.times()
        # Steal is time in which the host of a virtual machine ran others.
        all_s = busy(self._psutil.cpu_times())
        return time.monotonic(), all_s, own.user + own.system
