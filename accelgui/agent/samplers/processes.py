"""Who uses the devices: NVML's lists of processes, with the names that the system has for them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.samplers.source import import_psutil, memory_bytes, percent
from accelgui.model.events import ProcessesSeen
from accelgui.model.sample import DeviceProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.channel import Channel
    from accelgui.agent.probe.files import Files
    from accelgui.agent.samplers.gpus import Gpus
    from accelgui.agent.samplers.host import HostSource
    from accelgui.agent.samplers.nvml import GpuSource

_EVERY_S = 2.0

_LISTS = {
    "compute": "nvmlDeviceGetComputeRunningProcesses",
    "graphics": "nvmlDeviceGetGraphicsRunningProcesses",
}

# A process that uses an NVIDIA GPU has one of these in its memory map.
_TRACES = ("nvidia", "libcuda")


class ProcessTable:
    """Tells every two seconds who uses what, while somebody wants to know."""

    def __init__(self, gpus: Gpus, host: HostSource, channel: Channel, files: Files) -> None:
        self._gpus = gpus
        self._host = host
        self._channel = channel
        self._files = files
        self._psutil = import_psutil()
        self._wanted = threading.Event()
        self._seen_us: dict[GpuSource, int] = {}
        threading.Thread(target=self._work, name="processes", daemon=True).start()

    def show(self, wanted: bool) -> None:
        """Begin or end to tell."""
        if wanted:
            self._wanted.set()
        else:
            self._wanted.clear()

    def _work(self) -> None:
        while not self._channel.stopping.is_set():
            self._wanted.wait()
            found = [p for gpu in tuple(self._gpus.sources) for p in self._of_gpu(gpu)]
            found += self._host.processes()
            self._channel.send(ProcessesSeen(time.monotonic(), tuple(found)))
            self._channel.stopping.wait(_EVERY_S)

    def _of_gpu(self, gpu: GpuSource) -> Iterator[DeviceProcess]:
        if gpu.is_asleep():
            return
        loads: Optional[dict[int, float]] = None
        listed: set[int] = set()
        for kind, function in _LISTS.items():
            for process in gpu.ask(function) or ():
                if process.pid in listed:
                    continue
                listed.add(process.pid)
                loads = self._loads(gpu) if loads is None else loads
                yield DeviceProcess(
                    gpu.devices[0],
                    process.pid,
                    kind=kind,
                    memory_bytes=_whole(memory_bytes(process.usedGpuMemory)),
                    utilisation_percent=percent(loads.get(process.pid)),
                    **self._identity(process.pid),
                )

    def _loads(self, gpu: GpuSource) -> dict[int, float]:
        """Return the newest load of each process; there is none where nothing was measured."""
        since_us = self._seen_us.get(gpu, 0)
        samples = gpu.ask("nvmlDeviceGetProcessUtilization", since_us) or ()
        samples = [sample for sample in samples if sample.timeStamp > since_us]
        self._seen_us[gpu] = max((sample.timeStamp for sample in samples), default=since_us)
        return {s.pid: s.smUtil for s in sorted(samples, key=lambda sample: sample.timeStamp)}

    def _identity(self, pid: int) -> dict[str, Any]:
        if not self._psutil or not self._is_meant(pid):
            return {}
        try:
            process = self._psutil.Process(pid)
            with process.oneshot():
                return {
                    "name": process.name(),
                    "user": process.username(),
                    "started_s": process.create_time(),
                }
        except (self._psutil.Error, KeyError):  # KeyError: a user without a name.
            return {}

    def _is_meant(self, pid: int) -> bool:
        """Is it the process that the driver counts under this number?

        In a container the driver may tell numbers of the host, under which here are others.
        """
        mapped = self._files.text(f"/proc/{pid}/maps")
        return mapped is None or any(trace in mapped for trace in _TRACES)


def _whole(value: Optional[float]) -> Optional[int]:
    return None if value is None else int(value)
