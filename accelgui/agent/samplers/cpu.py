"""The CPU's load, temperature and power, the latter two where this user may read them."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Callable, Optional

from accelgui.agent.samplers.load import CpuLoad, busy, idle, load_percent
from accelgui.agent.samplers.source import (
    Judge,
    Values,
    asked,
    import_psutil,
    temperature_celsius,
)

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files

_KEY = "cpu"
CORES = "cores"
_SENSORS = "/sys/class/hwmon"
# Kernel drivers of CPU sensors: Intel, AMD, AMD's out-of-tree one, Arm.
_SENSOR_DRIVERS = ("coretemp", "k10temp", "zenpower", "cpu_thermal")
_ENERGY = "/sys/class/powercap"
# A counter that a sleep of the machine has reset looks like one that has wrapped around.
_package_watts = Judge(0.1, 2000)


class CpuSource:
    """Load from psutil, temperature from hwmon, power from the energy counters (RAPL)."""

    devices = (_KEY,)
    names = ("utilisation_percent", "temperature_celsius", "power_watts", "energy_joules")

    def __init__(self, files: Files, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._files = files
        self._load = CpuLoad(import_psutil())
        self._sensor = _sensor(files)
        self._meters = [
            EnergyMeter(files, folder, clock_s)
            for folder in files.glob(_ENERGY, "intel-rapl:*")
            if re.fullmatch(r".*/intel-rapl:\d+", folder) and _is_package(files, folder)
        ]

    def take(self) -> dict[str, Values]:
        """Return the values now; the first power comes with the second call."""
        return {
            _KEY: {
                "utilisation_percent": self._load.percent(),
                "temperature_celsius": self._temperature(),
                "power_watts": self._power(),
                "energy_joules": self._energy(),
            }
        }

    def _temperature(self) -> Optional[float]:
        value = self._files.number(self._sensor) if self._sensor else None
        return None if value is None else temperature_celsius(value / 1000)

    def _power(self) -> Optional[float]:
        powers = [meter.power_watts() for meter in self._meters]
        known = [power for power in powers if power is not None]
        # Part of the packages would pass for the whole.
        return sum(known) if known and len(known) == len(powers) else None

    def _energy(self) -> Optional[float]:
        """Return what the packages have used since this began."""
        known = [meter.energy_joules for meter in self._meters if meter.energy_joules is not None]
        return sum(known) if known and len(known) == len(self._meters) else None


class CoresSource:
    """The load of each core, "0", "1", …; costly where there are hundreds."""

    devices = (CORES,)

    def __init__(self) -> None:
        self._psutil = import_psutil()
        self._before = self._times()
        self.names = tuple(str(core) for core in range(len(self._before)))

    def take(self) -> dict[str, Values]:
        """Return the share of each core's time that was spent working since the last call."""
        before, self._before = self._before, self._times()
        if len(before) != len(self._before):  # Cores come and go.
            self.names = tuple(str(core) for core in range(len(self._before)))
            return {CORES: dict.fromkeys(self.names)}
        loads = (
            load_percent(now[0] - past[0], now[1] - past[1])
            for past, now in zip(before, self._before)
        )
        return {CORES: dict(zip(self.names, loads))}

    def _times(self) -> list[tuple[float, float]]:
        cores = asked(self._psutil, "cpu_times", percpu=True) or ()
        return [(busy(times), idle(times)) for times in cores]


class EnergyMeter:
    """One CPU package's energy counter, which wraps around.

    `energy_joules` is what was used since the first call, None where it cannot be read.
    """

    def __init__(
        self, files: Files, folder: str, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._files = files
        self._clock_s = clock_s
        self._path = f"{folder}/energy_uj"
        self._range_uj = files.number(f"{folder}/max_energy_range_uj")
        self._last_uj: Optional[int] = files.number(self._path)
        self._last_s = clock_s()
        self._readable = self._last_uj is not None
        self.energy_joules: Optional[float] = 0.0 if self._readable else None

    def power_watts(self) -> Optional[float]:
        """Return the mean power since the last call."""
        now_uj = self._files.number(self._path) if self._readable else None
        now_s = self._clock_s()
        last_uj, elapsed_s = self._last_uj, now_s - self._last_s
        self._last_uj, self._last_s = now_uj, now_s
        if now_uj is None or last_uj is None or elapsed_s <= 0:
            return None
        if now_uj < last_uj and self._range_uj:
            now_uj += self._range_uj
        used_joules = (now_uj - last_uj) / 1e6
        watts = _package_watts(used_joules / elapsed_s)
        if watts is not None:
            self.energy_joules = (self.energy_joules or 0.0) + used_joules
        return watts


def _is_package(files: Files, folder: str) -> bool:
    """Is it one of the CPU's packages? "psys", beside them, is the whole board, them included."""
    name = files.text(f"{folder}/name")
    return name is None or name.startswith("package")


def _sensor(files: Files) -> Optional[str]:
    """Return the file of the CPU's temperature in thousandths of a degree."""
    for folder in files.glob(_SENSORS, "hwmon*"):
        if files.text(f"{folder}/name") in _SENSOR_DRIVERS:
            return f"{folder}/temp1_input"
    return None
