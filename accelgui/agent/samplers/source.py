"""What a source of live values is, and which values are believed."""

from __future__ import annotations

import time
from typing import Any, Callable, Optional, Protocol

Values = dict[str, Optional[float]]


class Source(Protocol):
    """Takes the values of its devices, all at once. May take long, may hang; must not raise."""

    @property
    def devices(self) -> tuple[str, ...]:
        """The keys of its devices."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the values that it tells of each."""

    def take(self) -> dict[str, Values]:
        """Return the values of each device now."""


class Judge:
    """Lets values of a range pass and makes None of impossible ones."""

    dropped_count = 0  # By all judges together: a driver that talks nonsense does so everywhere.

    def __init__(self, low: float, high: float) -> None:
        self._low = low
        self._high = high

    def __call__(self, value: Optional[float]) -> Optional[float]:
        """Return the value, None for one that cannot be."""
        if value is None:
            return None
        if self._low <= value <= self._high:
            return float(value)
        Judge.dropped_count += 1
        return None


# A driver that does not know answers 0 or all ones for many of these.
percent = Judge(0, 100)
temperature_celsius = Judge(1, 150)
power_watts = Judge(0.1, 20_000)
clock_hz = Judge(1e6, 1e11)
memory_bytes = Judge(0, 1 << 60)
count = Judge(0, 1 << 53)


class Rate:
    """How fast a counter grows, from one call to the next."""

    def __init__(self) -> None:
        self._last: Optional[tuple[float, float]] = None

    def per_second(self, value: Optional[float]) -> Optional[float]:
        """Return the growth since the last call; None at first, and where the counter fell."""
        now_s, last = time.monotonic(), self._last
        self._last = None if value is None else (now_s, value)
        if value is None or last is None or now_s <= last[0] or value < last[1]:
            return None
        return (value - last[1]) / (now_s - last[0])


class Held:
    """Values that are taken at most so often, and repeated in between."""

    def __init__(self, every_s: float, take: Callable[[], Values]) -> None:
        self._every_s = every_s
        self._take = take
        self._values: Values = {}
        self._taken_s = float("-inf")

    def values(self) -> Values:
        """Return the values, taken anew where it is time."""
        now_s = time.monotonic()
        if now_s - self._taken_s >= self._every_s:
            self._taken_s = now_s
            self._values = self._take()
        return self._values

    def forget(self) -> None:
        """Take them anew the next time."""
        self._values, self._taken_s = {}, float("-inf")


def nothing(source: Source) -> dict[str, Values]:
    """Return "not reported" for everything that a source would tell."""
    return {device: dict.fromkeys(source.names) for device in source.devices}


def import_psutil() -> Any:
    """Return psutil, None where this Python lacks it."""
    try:
        import psutil
    except ImportError:
        return None
    return psutil


def asked(psutil: Any, function: str, **options: Any) -> Any:
    """Return what a function of psutil answers, None without it or where the system hides it."""
    try:
        return getattr(psutil, function)(**options)
    except Exception:  # noqa: BLE001 - Containers hide /proc files, each raises its own.
        return None
