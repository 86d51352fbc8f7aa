"""The CPU's load, temperature and power, the latter two where this user may read them."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Optional

from accelgui.agent.samplers.load import CpuLoad
from accelgui.agent.samplers.source import (
    import_psutil,
    power_watts,
    temperature_celsius,
)

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files
from accelgui.agent.samplers.source import Values

_KEY = "cpu"
_SENSORS = "/sys/class/hwmon"
# Kernel drivers of CPU sensors: Intel, AMD, AMD's out-of-tree one, Arm.
_SENSOR_DRIVERS = ("coretemp", "k10temp", "zenpower", "cpu_thermal")
_ENERGY = "/sys/class/powercap"


class CpuSource:
    """Load from psutil, temperature from hwmon, power from the energy counters (RAPL)."""

    devices = (_KEY,)
    names = ("utilisation_percent", "temperature_celsius", "power_watts")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._load = CpuLoad(import_psutil())
        self._sensor = _sensor(files)
        self._meters = [
            EnergyMeter(files, folder)
            for folder in files.glob(_ENERGY, "intel-rapl:*")
            if re.fullmatch(r".*/intel-rapl:\d+", folder)
        ]

    def take(self) -> dict[str, Values]:
        """Return the values now; the first power comes with the second call."""
        return {
            _KEY: {
                "utilisation_percent": self._load.percent(),
                "temperature_celsius": self._temperature(),
                "power_watts": self._power(),
            }
        }

    def _temperature(self) -> Optional[float]:
        value = self._files.number(self._sensor) if self._sensor else None
        return None if value is None else temperature_celsius(value / 1000)

    def _power(self) -> Optional[float]:
        powers = [meter.power_watts() for meter in self._meters]
        known = [power for power in powers if power is not None]
        # Part of the packages would pass for the whole.
        return power_watts(sum(known)) if known and len(known) == len(powers) else None


class EnergyMeter:
    """One CPU package's energy counter, which wraps around."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._path = f"{folder}/energy_uj"
        self._range_uj = files.number(f"{folder}/max_energy_range_uj")
        self._last_uj: Optional[int] = files.number(self._path)
        self._last_s = time.monotonic()
        self._readable = self._last_uj is not None

    def power_watts(self) -> Optional[float]:
        """Return the mean power since the last call."""
        now_uj = self._files.number(self._path) if self._readable else None
        last_uj, elapsed_s = self._last_uj, time.monotonic() - self._last_s
        self._last_uj, self._last_s = now_uj, time.monotonic()
        if now_uj is None or last_uj is None or elapsed_s <= 0:
            return None
        if now_uj < last_uj and self._range_uj:
            now_uj += self._range_uj
        return (now_uj - last_uj) / 1e6 / elapsed_s


def _sensor(files: Files) -> Optional[str]:
    """Return the file of the CPU's temperature in thousandths of a degree."""
    for folder in files.glob(_SENSORS, "hwmon*"):
        if files.text(f"{folder}/name") in _SENSOR_DRIVERS:
            return f"{folder}/temp1_input"
    return None
