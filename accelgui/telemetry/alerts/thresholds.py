"""From which values on alerts are raised, and where they are cleared again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accelgui.telemetry.alerts.level import Band

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accelgui.model.device import Device

_GIB = 1024.0**3

# A GPU lowers its clocks at its slowdown threshold; a person wants to know before.
_MARGIN_CELSIUS = 5.0
_HYSTERESIS_CELSIUS = 5.0
_HYSTERESIS_PERCENT = 3.0
# Freeing a little is not enough: what filled the disk goes on.
_DISK_CLEAR_FACTOR = 1.5
_SMALL_DISK = 10.0
# Good news has to last longer than bad news, and for some paces of the sampler.
_CLEAR_FACTOR, _SHORTEST_CLEAR_S = 2.0, 5.0
# NVML tells utilisation in whole percents of its last period.
_IDLE_PERCENT, _BUSY_PERCENT = 0.5, 2.0
_BUSY_AFTER_S = 2.0
# A GPU that was found again has to answer for this long.
_FOUND_AFTER_S = 5.0

# NVML_ERROR_GPU_IS_LOST and NVML_ERROR_RESET_REQUIRED of nvml.h.
LOST_CODES = frozenset({15.0, 16.0})


@dataclass(frozen=True)
class Limits:
    """What a device says of itself, None where it does not."""

    slowdown_celsius: float | None = None
    memory_max_celsius: float | None = None

    @classmethod
    def of(cls, device: Device) -> Limits:
        """Return those of a device's facts."""
        facts = {fact.name: fact.value for fact in device.facts}
        names = ("temperature_slowdown_celsius", "temperature_memory_max_celsius")
        told = (facts.get(name) for name in names)
        return cls(*(float(v) if isinstance(v, (int, float)) else None for v in told))


@dataclass(frozen=True)
class Thresholds:
    """What a person chose; None for an alert that is not wanted.

    With `follows_device`, a device that tells at which temperature it slows down is hot a little
    below that, whatever `temperature_celsius` says.
    """

    temperature_celsius: float | None = 85.0
    follows_device: bool = True
    device_memory_percent: float | None = 98.0
    host_memory_percent: float | None = 95.0
    disk_free_bytes: float | None = 2 * _GIB
    stall_s: float | None = 15.0
    # Heat is slow; allocators come and go in milliseconds, and compilers within seconds.
    hold_s: float = 5.0
    limits: dict[str, Limits] = field(default_factory=dict)

    @classmethod
    def of(
        cls, choices: Mapping[str, str], limits: Mapping[str, Limits] | None = None
    ) -> Thresholds:
        """Return those of settings, by name: numbers (°C, %, %, GiB, s), "off", or "auto"."""
        follows = choices["temperature"] == "auto"
        free_gib = _number(choices["disk"])
        return cls(
            temperature_celsius=(
                cls.temperature_celsius if follows else _number(choices["temperature"])
            ),
            follows_device=follows,
            device_memory_percent=_number(choices["device_memory"]),
            host_memory_percent=_number(choices["host_memory"]),
            disk_free_bytes=None if free_gib is None else free_gib * _GIB,
            stall_s=_number(choices["stall"]),
            hold_s=_number(choices["hold"]) or 0.0,
            limits=dict(limits or {}),
        )

    def device_hot(self, device: str) -> Band | None:
        """Return the band of a device's temperature in °C."""
        limit = self.temperature_celsius
        told = self.limits.get(device, Limits()).slowdown_celsius
        if limit is not None and self.follows_device and told is not None:
            limit = told - _MARGIN_CELSIUS
        return self._held(limit, _HYSTERESIS_CELSIUS)

    def memory_hot(self, device: str) -> Band | None:
        """Return the band of its memory's temperature; kinds differ too much to guess a limit."""
        told = self.limits.get(device, Limits()).memory_max_celsius
        if told is None or self.temperature_celsius is None:
            return None
        return self._held(told - _MARGIN_CELSIUS, _HYSTERESIS_CELSIUS)

    def device_memory(self) -> Band | None:
        """Return the band of the share of a device's memory in use, in percent."""
        return self._held(self.device_memory_percent, _HYSTERESIS_PERCENT)

    def host_memory(self) -> Band | None:
        """Return the band of the share of the host's memory in use, in percent."""
        return self._held(self.host_memory_percent, _HYSTERESIS_PERCENT)

    def disk_scale(self, total_bytes: float) -> float:
        """Return by how much a small disk's free bytes count for more.

        One smaller than ten times the threshold is nearly full when a tenth of it is free: a
        small file system for temporary files is none to warn of for ever.
        """
        free = self.disk_free_bytes
        return max(1.0, _SMALL_DISK * free / total_bytes) if free and total_bytes else 1.0

    def disk(self) -> Band | None:
        """Return the band of the bytes free on the fullest disk, scaled by `disk_scale`."""
        free = self.disk_free_bytes
        if free is None:
            return None
        return Band(free, _DISK_CLEAR_FACTOR * free, 0.0, 0.0, is_below=True)

    def stall(self) -> Band | None:
        """Return the band of the utilisation of a run's device, in percent."""
        if self.stall_s is None:
            return None
        return Band(_IDLE_PERCENT, _BUSY_PERCENT, self.stall_s, _BUSY_AFTER_S, is_below=True)

    @staticmethod
    def gpu_lost() -> Band:
        """Return the band of 1 for a lost GPU, 0 for one that answers."""
        return Band(1.0, 0.0, 0.0, _FOUND_AFTER_S, silence_s=None)

    def _held(self, limit: float | None, hysteresis: float) -> Band | None:
        """Return the band of what has to last for the time that a person chose."""
        if limit is None:
            return None
        clear_after_s = max(_CLEAR_FACTOR * self.hold_s, _SHORTEST_CLEAR_S)
        return Band(limit, limit - hysteresis, self.hold_s, clear_after_s)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
