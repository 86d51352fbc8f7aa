"""Reports live values of the host and its devices at a steady pace until stdin closes."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.pci import look_at_pci
from accelgui.agent.probe.tpu import look_at_tpu
from accelgui.agent.samplers.cpu import CpuSource
from accelgui.agent.samplers.host import HostSource
from accelgui.agent.samplers.nvml import SleepWatch, open_gpus
from accelgui.agent.samplers.station import Station
from accelgui.agent.samplers.tpu import TpuSource

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import SampleRequest

_SHORTEST_INTERVAL_S = 0.05
_LONGEST_INTERVAL_S = 3600.0
# The first load is that of this long.
_FIRST_S = 0.2
# A changed pace is noticed this late, at most.
_LONGEST_WAIT_S = 1.0
_SLEEP_CHECK_S = 5.0


def sample(request: SampleRequest, channel: Channel) -> None:
    """Send one SampleTaken a device a tick; see SampleRequest for the commands on stdin."""
    host = HostSource()
    pace = Pace(request.interval_s)
    channel.on_command(lambda command: _obey(command, host, pace))
    files = Files()
    stations = [Station(host, channel), Station(CpuSource(files), channel)]
    threading.Thread(
        target=_add_accelerators, args=(files, stations, channel), name="find", daemon=True
    ).start()
    while not channel.stopping.wait(pace.wait_s()):
        if pace.is_due():
            for station in tuple(stations):
                station.tick()


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


def _add_accelerators(files: Files, stations: list[Station], channel: Channel) -> None:
    """Add stations for TPU chips and GPUs; on a thread, since NVML may hang or have to wait."""
    chips = len(look_at_tpu(files, look_at_pci(files)).chips)
    if chips:
        stations.append(Station(TpuSource(chips), channel))
    watch = SleepWatch(files)
    while watch.all_asleep():
        if channel.stopping.wait(_SLEEP_CHECK_S):
            return
    stations += [Station(gpu, channel) for gpu in open_gpus(watch)]


def _obey(command: dict[str, Any], host: HostSource, pace: Pace) -> None:
    interval_s, pid = command.get("interval_s"), command.get("watch")
    if isinstance(interval_s, (int, float)) and not isinstance(interval_s, bool):
        pace.change(interval_s)
    if "watch" in command and (pid is None or type(pid) is int):
        host.watch(pid)
    if not command.keys() & {"interval_s", "watch"}:
        sys.stderr.write(f"sampler: not a command: {command!r}\n")
