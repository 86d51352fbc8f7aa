"""Live values of one NVIDIA GPU from NVML. A GPU that sleeps is not asked, so it sleeps on."""

from __future__ import annotations

from typing import Any, Callable, Optional

from accelgui.agent.probe.apart.nvml import NOT_REPORTED
from accelgui.agent.samplers.activity import ActivityMeter
from accelgui.agent.samplers.pcie import PcieMeter
from accelgui.agent.samplers.source import (
    Held,
    Judge,
    Values,
    clock_hz,
    count,
    memory_bytes,
    percent,
    power_watts,
    temperature_celsius,
)

_MEMORY_V2 = 0x02000028  # nvmlMemory_v2 of nvml.h
_FIELD_MEMORY_TEMPERATURE = 82  # NVML_FI_DEV_MEMORY_TEMP
_CORRECTED, _UNCORRECTED = 0, 1
_SINCE_BOOT = 0

# What changes slowly, or is costly to ask for, is asked for this often and repeated in between.
_SLOW_S = 1.0
# Memory and fans take seconds to get warmer and faster, and an error that is counted stays counted.
_RARE_S = 5.0

# A fan may turn faster than what its maker calls full speed.
_fan_percent = Judge(0, 200)

FAST = (
    "utilisation_percent",
    "memory_utilisation_percent",
    "memory_used_bytes",
    "memory_reserved_bytes",
    "memory_total_bytes",
    "power_watts",
    "temperature_celsius",
    "clock_sm_hz",
    "clock_memory_hz",
    "clocks_event_reasons",
)
SLOW = (
    "energy_joules",
    "encoder_percent",
    "decoder_percent",
)
RARE = (
    "memory_temperature_celsius",
    "fan_percent",
    "ecc_corrected_count",
    "ecc_uncorrected_count",
)

# Why a GPU that was asked told nothing at all: nvmlReturn_t of nvml.h, None while it tells any.
ERROR = "nvml_error_code"


class GpuSource:
    """One GPU. A call that it does not support is not made again.

    `is_lost` says whether the last time it told nothing at all though it was asked. `ask` may be
    called from other threads, of one that is awake. `init_error_code` is why NVML cannot be
    initialized any more, which says more than that it is not.
    """

    def __init__(self, pynvml: Any, index: int, asleep: Callable[[], bool]) -> None:
        self.devices = (f"gpu:{index}",)
        self.is_lost = False
        self.init_error_code: Optional[int] = None
        self._error_code: Optional[int] = None
        self._pynvml = pynvml
        self._index = index
        self._asleep = asleep
        self._handle: Any = None
        self._refused: set[tuple[str, tuple[Any, ...]]] = set()
        self._activity = ActivityMeter(pynvml)
        self._slow = Held(_SLOW_S, self._take_slow)
        self._rare = Held(_RARE_S, self._take_rare)
        self._pcie = PcieMeter(self)

    @property
    def names(self) -> tuple[str, ...]:
        """The values that it tells of."""
        return (*FAST, *SLOW, *RARE, *self._activity.names, *self._pcie.names, ERROR)

    def is_asleep(self) -> bool:
        """Does it sleep? Then nothing must be asked of it."""
        return self._asleep()

    def measure_pcie(self, wanted: bool) -> None:
        """Measure the PCIe throughput, or no longer: each call of NVML's takes 20 ms."""
        self._pcie.run(wanted)

    def take(self) -> dict[str, Values]:
        """Return the values now, None for each that the GPU does not report."""
        values: Values = dict.fromkeys(self.names)
        self._error_code = None
        if self.is_asleep():
            self.is_lost = False
            return {self.devices[0]: values}
        if self._open():
            values.update(self._memory())
            values.update(self._scalars())
        self.is_lost = all(value is None for value in values.values())
        if self.is_lost:
            values[ERROR] = self.init_error_code or self._error_code
            self.forget()
        else:
            values.update(self._slow.values())
            values.update(self._rare.values())
            values.update(self._pcie.values())
        return {self.devices[0]: values}

    def forget(self) -> None:
        """Begin anew: after a loss, handles and what was refused may no longer hold."""
        self._handle = None
        self._refused.clear()
        self._activity.forget()
        self._slow.forget()
        self._rare.forget()

    def ask(self, function: str, *arguments: Any) -> Any:
        """Call NVML for this GPU; returns None where it does not answer."""
        handle, key = self._handle, (function, arguments)
        if handle is None or key in self._refused:
            return None
        try:
            return getattr(self._pynvml, function)(handle, *arguments)
        except AttributeError:  # An older pynvml.
            self._refused.add(key)
        except self._pynvml.NVMLError as error:
            if error.value in NOT_REPORTED:
                self._refused.add(key)
            else:
                self._error_code = error.value
        return None

    def _open(self) -> bool:
        if self._handle is None:
            try:
                self._handle = self._pynvml.nvmlDeviceGetHandleByIndex(self._index)
            except self._pynvml.NVMLError as error:
                self._error_code = error.value
                return False
        return True

    def _scalars(self) -> Values:
        load = self.ask("nvmlDeviceGetUtilizationRates")
        heat = self._first(("nvmlDeviceGetTemperatureV", 0), ("nvmlDeviceGetTemperature", 0))
        reasons = self._first(
            ("nvmlDeviceGetCurrentClocksEventReasons",),
            ("nvmlDeviceGetCurrentClocksThrottleReasons",),
        )
        return {
            "utilisation_percent": percent(load.gpu) if load else None,
            "memory_utilisation_percent": percent(load.memory) if load else None,
            "power_watts": power_watts(_scaled(self.ask("nvmlDeviceGetPowerUsage"), 1e-3)),
            "temperature_celsius": temperature_celsius(heat),
            "clock_sm_hz": clock_hz(_scaled(self.ask("nvmlDeviceGetClockInfo", 1), 1e6)),
            "clock_memory_hz": clock_hz(_scaled(self.ask("nvmlDeviceGetClockInfo", 2), 1e6)),
            "clocks_event_reasons": count(reasons),
        }

    def _memory(self) -> Values:
        name = "nvmlDeviceGetMemoryInfo"
        # The first version counts what the driver keeps for itself as used.
        memory = self._first((name, _MEMORY_V2), (name,))
        # pynvml's structures make a member anew at each look.
        total = memory.total if memory else 0
        if total == 0:
            return {}
        return {
            "memory_used_bytes": Judge(0, total)(memory.used),
            # The first version does not tell it.
            "memory_reserved_bytes": memory_bytes(getattr(memory, "reserved", None)),
            "memory_total_bytes": memory_bytes(total),
        }

    def _take_slow(self) -> Values:
        video = [self.ask(f"nvmlDeviceGet{what}Utilization") for what in ("Encoder", "Decoder")]
        energy = self.ask("nvmlDeviceGetTotalEnergyConsumption")
        return {
            "energy_joules": count(_scaled(energy, 1e-3)),
            "encoder_percent": percent(video[0][0]) if video[0] else None,
            "decoder_percent": percent(video[1][0]) if video[1] else None,
            **self._activity.take(self._handle),
        }

    def _take_rare(self) -> Values:
        errors = [
            self.ask("nvmlDeviceGetTotalEccErrors", kind, _SINCE_BOOT)
            for kind in (_CORRECTED, _UNCORRECTED)
        ]
        return {
            "memory_temperature_celsius": temperature_celsius(self._memory_temperature()),
            "fan_percent": _fan_percent(self.ask("nvmlDeviceGetFanSpeed")),
            "ecc_corrected_count": count(errors[0]),
            "ecc_uncorrected_count": count(errors[1]),
        }

    def _memory_temperature(self) -> Optional[float]:
        fields = self.ask("nvmlDeviceGetFieldValues", (_FIELD_MEMORY_TEMPERATURE,))
        return float(fields[0].value.uiVal) if fields and fields[0].nvmlReturn == 0 else None

    def _first(self, *calls: tuple[Any, ...]) -> Any:
        """Return the first answer that is one."""
        for call in calls:
            answer = self.ask(*call)
            if answer is not None:
                return answer
        return None


def _scaled(value: Optional[float], factor: float) -> Optional[float]:
    return None if value is None else value * factor
