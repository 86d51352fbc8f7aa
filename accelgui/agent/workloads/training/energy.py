"""How much energy a device has used, where it has a counter that this user may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.probe.files import Files
from accelgui.agent.samplers.cpu import CpuSource

if TYPE_CHECKING:
    from accelgui.model.snapshot import FrameworkDevice


class EnergyCounter:
    """RAPL for the CPU, NVML's total for a GPU."""

    def __init__(self, device: FrameworkDevice) -> None:
        self._cpu = CpuSource(Files()) if device.key == "cpu" else None
        self._gpu = _only_gpu() if device.key.startswith("gpu") else None

    def joules(self) -> Optional[float]:
        """Return what was used since some moment in the past, None where nothing counts it."""
        if self._cpu:
            return self._cpu.take()["cpu"]["energy_joules"]
        return self._gpu() if self._gpu else None


def _only_gpu() -> Any:
    """Return what reads the counter of the machine's GPU, None where there are several.

    The frameworks number GPUs in another order than NVML does: with several, the energy of one
    could pass for that of another.
    """
    try:
        import pynvml

        pynvml.nvmlInit()
        if pynvml.nvmlDeviceGetCount() != 1:
            return None
        handle = pynvml.nvmlDeviceGetHandleByIndex(0)
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except Exception:  # noqa: BLE001 - No package, no driver, no counter: no energy.
        return None
    return lambda: pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000
