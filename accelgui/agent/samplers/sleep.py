"""GPUs that sleep: asking one would wake it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent.probe.pci import is_asleep, is_nvidia_gpu, look_at_pci

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files


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
