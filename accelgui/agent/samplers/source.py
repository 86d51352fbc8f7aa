"""What a source of live values is, and which values are believed."""

from __future__ import annotations

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


def between(low: float, high: float) -> Callable[[float], Optional[float]]:
    """Return a judge that lets values of a range pass and makes None of impossible ones."""
    return lambda value: float(value) if low <= value <= high else None


# A driver that does not know answers 0 or all ones for many of these.
percent = between(0, 100)
temperature_celsius = between(1, 150)
power_watts = between(0.1, 20_000)
clock_hz = between(1e6, 1e11)


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
