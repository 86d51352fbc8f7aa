"""What libtpu's own monitoring adds: how busy the tensor cores are, and whether they are slowed.

It answers only while a workload runs, through that workload's metric service; so a process is
started for it only while somebody serves, and not again where libtpu crashes or hangs.
"""

from __future__ import annotations

import importlib.util
import threading
import time
from typing import Callable, Optional

from accelgui.agent.probe.child import Child
from accelgui.agent.samplers.source import Judge, Values, memory_bytes, percent

NAMES = ("tensor_activity_percent", "throttle_score")

# Importing libtpu takes seconds; a call that takes longer than this never ends.
_SILENCE_S = 20.0
_LOOK_S = 2.0
_MOST_FAILURES = 3
_FRESH_S = 5.0

# 0 is not slowed, 10 the most.
_throttle_score = Judge(0, 10)
_memory_total = Judge(1, 1 << 60)


class TpuSdk:
    """Follows libtpu's monitoring of `chips` chips while `is_served` says that a workload runs."""

    def __init__(
        self, chips: int, is_served: Callable[[], bool], silence_s: float = _SILENCE_S
    ) -> None:
        self._chips = chips
        self._is_served = is_served
        self._silence_s = silence_s
        self._told: dict[str, list[float]] = {}
        self._told_s = float("-inf")
        self.failures = 0
        self.is_there = _has_libtpu()
        self._ended = threading.Event()
        if self.is_there:
            threading.Thread(target=self._work, name="libtpu", daemon=True).start()

    @property
    def names(self) -> tuple[str, ...]:
        """The values that it adds."""
        return NAMES if self.is_there else ()

    def values(self, chip: int) -> Values:
        """Return the newest values of a chip, None for each that is not told now."""
        is_fresh = time.monotonic() - self._told_s < _FRESH_S
        told = self._told if is_fresh else {}
        duty, cores = (self._of(told, n, chip) for n in ("duty_cycle_pct", "tensorcore_util"))
        used, total = (self._of(told, f"hbm_capacity_{n}", chip) for n in ("usage", "total"))
        score = self._of(told, "tpu_throttle_score", chip)
        return {
            "utilisation_percent": percent(_mean(duty)),
            "memory_used_bytes": memory_bytes(sum(used) if used else None),
            "memory_total_bytes": _memory_total(sum(total) if total else None),
            "tensor_activity_percent": percent(_mean(cores)),
            "throttle_score": _throttle_score(max(score, default=None)),
        }

    def end(self) -> None:
        """Follow no longer."""
        self._ended.set()

    def _of(self, told: dict[str, list[float]], name: str, chip: int) -> list[float]:
        """Return what is told of one chip: one number, or one for each of its cores."""
        numbers = told.get(name, [])
        per_chip = max(1, len(numbers) // self._chips)
        return numbers[chip * per_chip : (chip + 1) * per_chip]

    def _work(self) -> None:
        while self.failures < _MOST_FAILURES and not self._ended.wait(_LOOK_S):
            if self._is_served():
                self._follow()

    def _follow(self) -> None:
        """Listen until the workload has ended, or libtpu failed."""
        child = Child("libtpu", [], self._silence_s)
        for event in child:
            self._told, self._told_s = event["values"], time.monotonic()
            if self._ended.is_set() or (not any(self._told.values()) and not self._is_served()):
                return
        self.failures += 1


def _has_libtpu() -> bool:
    try:
        # Not "libtpu.sdk": to find that, libtpu itself would be imported here.
        return importlib.util.find_spec("libtpu") is not None
    except (ImportError, ValueError):
        return False


def _mean(values: list[float]) -> Optional[float]:
    return sum(values) / len(values) if values else None
