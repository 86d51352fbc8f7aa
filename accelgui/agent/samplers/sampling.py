"""Reports live values of the host and its devices at a steady pace until stdin closes."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.pci import look_at_pci
from accelgui.agent.probe.tpu import look_at_tpu
from accelgui.agent.samplers.cpu import CoresSource, CpuSource
from accelgui.agent.samplers.gpus import Gpus
from accelgui.agent.samplers.host import HostSource
from accelgui.agent.samplers.processes import ProcessTable
from accelgui.agent.samplers.sleep import SleepWatch
from accelgui.agent.samplers.station import Station
from accelgui.agent.samplers.tpu import TpuSource

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.samplers.nvml import GpuSource
    from accelgui.model.requests import SampleRequest

_SHORTEST_INTERVAL_S = 0.05
_LONGEST_INTERVAL_S = 3600.0
# The first load is that of this long.
_FIRST_S = 0.2
# A changed pace is noticed this late, at most.
_LONGEST_WAIT_S = 1.0
_CORES_EVERY_S = 0.5


def sample(request: SampleRequest, channel: Channel) -> None:
    """Send one SampleTaken a device a tick; see SampleRequest for the commands on stdin.

    Ends by itself only where a new process would see GPUs that this one has lost for good.
    """
    sampler = _Sampler(channel)
    pace = Pace(request.interval_s)
    channel.on_command(lambda command: _obey(command, sampler, pace))
    sampler.find_accelerators()
    while not channel.stopping.wait(pace.wait_s()) and not sampler.gpus.outlived.is_set():
        if pace.is_due():
            sampler.tick()


class _Sampler:
    """All sources, each with its thread."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._files = Files()
        self._is_detailed = self._measures_pcie = False
        self.host = HostSource()
        self._cores = Station(CoresSource(), channel, every_s=_CORES_EVERY_S)
        self._stations = [Station(self.host, channel), Station(CpuSource(self._files), channel)]
        self.gpus = Gpus(SleepWatch(self._files), channel, self._add_gpu)
        self._processes = ProcessTable(self.gpus, self.host, channel, self._files)

    def find_accelerators(self) -> None:
        """Begin to look for them; on a thread, since NVML may hang or have to wait."""
        threading.Thread(target=self._find, name="find", daemon=True).start()

    def tick(self) -> None:
        """Ask every source for its values; never waits."""
        for station in tuple(self._stations):
            station.tick()
        if self._is_detailed:
            self._cores.tick()

    def show_detail(self, wanted: bool) -> None:
        """Tell what costs more, or no longer."""
        self._is_detailed = wanted
        self._processes.show(wanted)

    def measure_pcie(self, wanted: bool) -> None:
        """Tell the GPUs' PCIe throughput, or no longer."""
        self._measures_pcie = wanted
        for gpu in tuple(self.gpus.sources):
            gpu.measure_pcie(wanted)

    def _find(self) -> None:
        chips = len(look_at_tpu(self._files, look_at_pci(self._files)).chips)
        if chips:
            self._stations.append(Station(TpuSource(chips), self._channel))
        self.gpus.keep(self._channel.stopping)

    def _add_gpu(self, gpu: GpuSource) -> None:
        gpu.measure_pcie(self._measures_pcie)
        self._stations.append(Station(gpu, self._channel))


class Pace:
    """When the next tick is due; ticks that were missed are not made up for."""

    def __init__(self, interval_s: float) -> None:
        self._next_s = time.monotonic() + _FIRST_S
        self._interval_s = _FIRST_S
        self.change(interval_s)

    def change(self, interval_s: float) -> None:
        """Tick every `interval_s` from now on."""
        self._interval_s = min(max(interval_s, _SHORTEST_INTERVAL_S), _LONGEST_INTERVAL_S)
        self._next_s = min(self._next_s, time.monotonic() + self._interval_s)

    def wait_s(self) -> float:
        """Return how long to wait before looking again."""
        return min(max(self._next_s - time.monotonic(), 0.0), _LONGEST_WAIT_S)

    def is_due(self) -> bool:
        """Is it time? Then the next tick is set."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return False
        self._next_s = max(self._next_s + self._interval_s, now_s)
        return True


def _obey(command: dict[str, Any], sampler: _Sampler, pace: Pace) -> None:
    interval_s, pid = command.get("interval_s"), command.get("watch")
    if isinstance(interval_s, (int, float)) and not isinstance(interval_s, bool):
        pace.change(interval_s)
    if "watch" in command and (pid is None or type(pid) is int):
        sampler.host.watch(pid)
    if type(command.get("detail")) is bool:
        sampler.show_detail(command["detail"])
    if type(command.get("pcie")) is bool:
        sampler.measure_pcie(command["pcie"])
    if not command.keys() & {"interval_s", "watch", "detail", "pcie"}:
        sys.stderr.write(f"sampler: not a command: {command!r}\n")
