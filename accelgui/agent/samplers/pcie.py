"""PCIe throughput of a GPU: NVML looks for 20 ms, twice, so only while somebody wants to know."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Optional

from accelgui.agent.samplers.source import Values, memory_bytes

if TYPE_CHECKING:
    from accelgui.agent.samplers.nvml import GpuSource

_EVERY_S = 1.0
# nvmlPcieUtilCounter_t: bytes that the GPU sends, and that it receives.
_COUNTERS = {"pcie_sent_bytes_per_s": 0, "pcie_received_bytes_per_s": 1}


class PcieMeter:
    """Measures on a thread of its own, so that other curves keep their pace."""

    def __init__(self, gpu: GpuSource) -> None:
        self._gpu = gpu
        self._values: Values = {}
        self._ended = threading.Event()
        self._is_running = False

    @property
    def names(self) -> tuple[str, ...]:
        """The values that it tells of, none while nobody asks."""
        return tuple(_COUNTERS) if self._is_running else ()

    def run(self, wanted: bool) -> None:
        """Begin or end to measure."""
        if wanted == self._is_running:
            return
        self._is_running = wanted
        self._ended.set()
        if wanted:
            self._ended = threading.Event()
            name = f"pcie {self._gpu.devices[0]}"
            threading.Thread(target=self._work, args=(self._ended,), name=name, daemon=True).start()

    def values(self) -> Values:
        """Return what was measured last."""
        return self._values if self._is_running else {}

    def _work(self, ended: threading.Event) -> None:
        while not ended.is_set():
            if self._gpu.is_asleep():
                self._values = dict.fromkeys(_COUNTERS)
            else:
                self._values = {name: self._measure(which) for name, which in _COUNTERS.items()}
            ended.wait(_EVERY_S)

    def _measure(self, which: int) -> Optional[float]:
        kilobytes = self._gpu.ask("nvmlDeviceGetPcieThroughput", which)
        return memory_bytes(None if kilobytes is None else kilobytes * 1024)
