"""Live values of NVIDIA GPUs from NVML. A GPU that sleeps is not asked, so it sleeps on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent.probe.apart.nvml import NOT_REPORTED
from accelgui.agent.probe.pci import is_asleep, is_nvidia_gpu, look_at_pci
from accelgui.agent.samplers.source import (
    between,
    clock_hz,
    percent,
    power_watts,
    temperature_celsius,
)

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files
    from accelgui.agent.samplers.source import Values

_MEMORY_V2 = 0x02000028  # nvmlMemory_v2 of nvml.h

# A fan may turn faster than what its maker calls full speed.
_fan_percent = between(0, 200)
_memory_bytes = between(0, 1 << 60)
_reasons = between(0, 1 << 53)


class GpuSource:
    """One GPU. A call that it does not support is not made again."""

    names = (
        "utilisation_percent",
        "memory_used_bytes",
        "memory_total_bytes",
        "power_watts",
        "temperature_celsius",
        "clock_sm_hz",
        "clock_memory_hz",
        "fan_percent",
        "clocks_event_reasons",
    )

    def __init__(self, pynvml: Any, index: int, asleep: Callable[[], bool]) -> None:
        self.devices = (f"gpu:{index}",)
        self._pynvml = pynvml
        self._index = index
        self._asleep = asleep
        self._handle: Any = None
        self._refused: set[tuple[str, tuple[Any, ...]]] = set()

    def take(self) -> dict[str, Values]:
        """Return the values now, None for each that the GPU does not report."""
        values: Values = dict.fromkeys(self.names)
        if not self._asleep() and self._open():
            values.update(self._memory())
            values.update(self._scalars())
        return {self.devices[0]: values}

    def _open(self) -> bool:
        if self._handle is None:
            try:
                self._handle = self._pynvml.nvmlDeviceGetHandleByIndex(self._index)
            except self._pynvml.NVMLError:
                return False
        return True

    def _scalars(self) -> Values:
        load = self._ask("nvmlDeviceGetUtilizationRates")
        power = self._ask("nvmlDeviceGetPowerUsage")
        heat = self._first(("nvmlDeviceGetTemperatureV", 0), ("nvmlDeviceGetTemperature", 0))
        sm, memory = (self._ask("nvmlDeviceGetClockInfo", domain) for domain in (1, 2))
        reasons = self._first(
            ("nvmlDeviceGetCurrentClocksEventReasons",),
            ("nvmlDeviceGetCurrentClocksThrottleReasons",),
        )
        return {
            "utilisation_percent": None if load is None else percent(load.gpu),
            "power_watts": None if power is None else power_watts(power / 1000),
            "temperature_celsius": None if heat is None else temperature_celsius(heat),
            "clock_sm_hz": None if sm is None else clock_hz(sm * 1e6),
            "clock_memory_hz": None if memory is None else clock_hz(memory * 1e6),
            "fan_percent": _judged(_fan_percent, self._ask("nvmlDeviceGetFanSpeed")),
            "clocks_event_reasons": _judged(_reasons, reasons),
        }

    def _memory(self) -> Values:
        name = "nvmlDeviceGetMemoryInfo"
        # The first version counts what the driver keeps for itself as used.
        memory = self._first((name, _MEMORY_V2), (name,))
        if memory is None or memory.total == 0:
            return {}
        return {
            "memory_used_bytes": between(0, memory.total)(memory.used),
            "memory_total_bytes": _memory_bytes(memory.total),
        }

    def _first(self, *calls: tuple[Any, ...]) -> Any:
        """Return the first answer that is one."""
        for call in calls:
            answer = self._ask(*call)
            if answer is not None:
                return answer
        return None

    def _ask(self, function: str, *arguments: Any) -> Any:
        if (function, arguments) in self._refused:
            return None
        try:
            return getattr(self._pynvml, function)(self._handle, *arguments)
        except AttributeError:  # An older pynvml.
            self._refused.add((function, arguments))
        except self._pynvml.NVMLError as error:
            if error.value in NOT_REPORTED:
                self._refused.add((function, arguments))
        return None


class SleepWatch:
    """Tells which of the NVIDIA GPUs on the bus sleep, in NVML's order, which is the bus's."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._addresses = [d.address for d in look_at_pci(files) if is_nvidia_gpu(d)]

    def all_asleep(self) -> bool:
        """Would opening NVML wake a GPU, and is none awake to be asked?"""
        gpus = [device for device in look_at_pci(self._files) if is_nvidia_gpu(device)]
        return bool(gpus) and all(is_asleep(gpu) for gpu in gpus)

    def is_asleep(self, index: int) -> bool:
        """Does this GPU sleep? One that is not on the bus (WSL2) never does."""
        if index >= len(self._addresses):
            return False
        path = f"/sys/bus/pci/devices/{self._addresses[index]}/power/runtime_status"
        return self._files.text(path) in {"suspended", "suspending"}


def open_gpus(watch: SleepWatch) -> list[GpuSource]:
    """Initialize NVML and return its GPUs; [] where there is no NVML. May hang."""
    try:
        import pynvml

        pynvml.nvmlInit()
        count = pynvml.nvmlDeviceGetCount()
    except Exception:  # noqa: BLE001 - No pynvml, a broken one, or any error of NVML's.
        return []
    return [GpuSource(pynvml, index, partial(watch.is_asleep, index)) for index in range(count)]


def _judged(judge: Callable[[float], Optional[float]], value: Any) -> Optional[float]:
    return None if value is None else judge(value)
