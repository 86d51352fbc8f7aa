"""Steers a compiled stand-in library through its state file while a program uses it."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30

# The time of each version of a state differs from that of the one before, however quickly they
# follow each other: the libraries read a state anew when its time has changed.
_VERSIONS = itertools.count(1)


class Driver:
    """A stand-in library and its state; give `environment` to the program that shall load it.

    Keys and values are those of the C sources; every change is seen by the next call. Values
    are numbers, texts or `wave(low, high, period_s)`.
    """

    def __init__(self, library: Path, state: Path, variable: str) -> None:
        self.library = library
        self._state = state
        self._variable = variable
        self._lines: dict[str, str] = {}
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that make a new process load the stand-in."""
        return {"LD_LIBRARY_PATH": str(self.library.parent), self._variable: str(self._state)}

    def set(self, gpu: int | None = None, **values: Any) -> None:
        """Set values for one GPU, or for all that have none of their own; None forgets a value."""
        self._put({_key(name, gpu): value for name, value in values.items()})

    def fail(self, function: str, code: int | None, gpu: int | None = None) -> None:
        """Have a function fail with `code` from now on; None heals it. "*" means all of one GPU."""
        self._put({_key(f"error.{function}", gpu): code})

    def hang(self, function: str, gpu: int | None = None) -> None:
        """Have a function not return until `release`."""
        self._put({_key(f"hang.{function}", gpu): 1})

    def release(self, function: str, gpu: int | None = None) -> None:
        """Let a hanging function go on."""
        self._put({_key(f"hang.{function}", gpu): None})

    def abort(self, function: str) -> None:
        """Have a function abort its process."""
        self._put({f"abort.{function}": 1})

    def _put(self, values: dict[str, Any]) -> None:
        for key, value in values.items():
            if value is None:
                self._lines.pop(key, None)
            else:
                self._lines[key] = str(value)
        self._write()

    def _write(self) -> None:
        # Replaced, not rewritten: a reader sees the old state or the new one, never half of it.
        new = self._state.with_suffix(".new")
        new.write_text("".join(f"{key} {value}\n" for key, value in self._lines.items()))
        version_ns = next(_VERSIONS) * 1_000_000
        os.utime(new, ns=(version_ns, version_ns))
        new.replace(self._state)


class NvmlDriver(Driver):
    """libnvidia-ml.so.1."""

    def __init__(self, library: Path, state: Path) -> None:
        super().__init__(library, state, "ACCELGUI_STANDIN_NVML")
        self._xids = 0
        self.set(count=0, driver_version="580.65.06", nvml_version="13.580.65", cuda_version=13000)

    def report_xid(self, xid: int, gpu: int = 0) -> None:
        """Let the driver report a fault of a GPU, to those who watch it by now."""
        self._xids += 1
        self.set(gpu, xid=f"{self._xids}:{xid}")

    def install_gpus(self, count: int, **values: Any) -> None:
        """Have `count` idle H200, with other values where given."""
        self.set(count=count, **{**H200, **values})
        for gpu in range(count):
            self.set(
                gpu,
                uuid=f"GPU-00000000-0000-0000-0000-{gpu:012}",
                serial=f"16500240{gpu:05}",
                minor_number=gpu,
                pci_bus_id=f"00000000:{gpu + 1:02X}:00.0",
            )


class CudaDriver(Driver):
    """libcuda.so.1. `set(count=…)`, `set(driver_version=13000)`, `fail("cuInit", 803)`."""

    def __init__(self, library: Path, state: Path) -> None:
        super().__init__(library, state, "ACCELGUI_STANDIN_CUDA")
        self.set(count=0, driver_version=13000)


def together(*drivers: Driver) -> dict[str, str]:
    """Return the environment in which all of these are found."""
    merged: dict[str, str] = {}
    for driver in drivers:
        merged.update(driver.environment)
    merged["LD_LIBRARY_PATH"] = ":".join(str(driver.library.parent) for driver in drivers)
    return merged


def wave(low: float, high: float, period_s: float) -> str:
    """Return a value that rises and falls with time."""
    return f"wave {low} {high} {period_s}"


def _key(name: str, gpu: int | None) -> str:
    return name if gpu is None else f"gpu{gpu}.{name}"


# Names of the keys as in nvml.c; the figures are those of an idle board.
H200: dict[str, Any] = {
    "name": "NVIDIA H200",
    "pci_device_id": 0x233510DE,
    "brand": 14,
    "architecture": 9,
    "compute_major": 9,
    "compute_minor": 0,
    "cores": 16896,
    "vbios_version": "96.00.74.00.01",
    "inforom_image_version": "G520.0200.00.06",
    "compute_mode": 0,
    "persistence_mode": 1,
    "display_active": 0,
    "display_mode": 0,
    "numa_node": 0,
    "mig_mode": 0,
    "mig_mode_pending": 0,
    "memory_total": 141 * GIB,
    "memory_reserved": GIB // 2,
    "memory_used": 0,
    "memory_bus_width": 6144,
    "bar1_total": 256 * GIB,
    "clock_mhz.0": 345,
    "clock_mhz.1": 345,
    "clock_mhz.2": 3201,
    "clock_max_mhz.0": 1980,
    "clock_max_mhz.1": 1980,
    "clock_max_mhz.2": 3201,
    "power_mw": 76250,
    "power_limit_mw": 700000,
    "power_limit_default_mw": 700000,
    "power_limit_enforced_mw": 700000,
    "power_limit_min_mw": 200000,
    "power_limit_max_mw": 700000,
    "energy_mj": 1234567,
    "temperature.0": 31,
    "temperature_threshold.0": 95,
    "temperature_threshold.1": 92,
    "temperature_threshold.2": 105,
    "temperature_threshold.3": 89,
    "clocks_event_reasons": 1,
    "utilization_gpu": 0,
    "utilization_memory": 0,
    "ecc_mode": 1,
    "ecc_mode_pending": 1,
    "ecc_errors.0.0": 0,
    "ecc_errors.1.0": 0,
    "ecc_errors.0.1": 2,
    "ecc_errors.1.1": 0,
    "remapped_corrected": 0,
    "remapped_uncorrected": 0,
    "remap_pending": 0,
    "remap_failed": 0,
    "pcie_generation": 5,
    "pcie_width": 16,
    "pcie_generation_max": 5,
    "pcie_width_max": 16,
    "pcie_replays": 0,
    "pcie_kilobytes.0": 1024,
    "pcie_kilobytes.1": 2048,
    "encoder_percent": 0,
    "decoder_percent": 0,
    "field.82": 38,
    "gpm_supported": 1,
    "gpm.2": 0,
    "gpm.5": 0,
    "gpm.10": 0,
}
