"""The host's load, memory and traffic, and those of a watched process with its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from accelgui.agent.samplers.load import CpuLoad
from accelgui.agent.samplers.run_tree import RunTree
from accelgui.agent.samplers.source import Held, Judge, Rate, Values, asked, import_psutil
from accelgui.model.sample import HOST

if TYPE_CHECKING:
    from accelgui.model.sample import DeviceProcess

# Swap, disks and network are read from files that take long, and change slowly.
_SLOW_S = 1.0

_SLOW = (
    "swap_used_bytes",
    "swap_total_bytes",
    "disk_read_bytes_per_s",
    "disk_written_bytes_per_s",
    "network_received_bytes_per_s",
    "network_sent_bytes_per_s",
)


class HostSource:
    """CPU load, memory and traffic of the whole machine; `watch` adds one tree of processes."""

    devices = (HOST,)
    names = (
        "cpu_percent",
        "memory_used_bytes",
        "memory_total_bytes",
        *_SLOW,
        "impossible_values_count",
    )

    def __init__(self) -> None:
        self._psutil = import_psutil()
        self._tree: Optional[RunTree] = None
        self._load = CpuLoad(self._psutil)
        self._slow = Held(_SLOW_S, self._take_slow)
        self._rates = {name: Rate() for name in _SLOW[2:]}

    def watch(self, pid: Optional[int]) -> None:
        """Add the values of this process and its children; None ends that."""
        if self._tree is not None and self._tree.pid == pid:
            return  # Asked for again: what was seen so far goes on.
        self._tree = RunTree(self._psutil, pid) if self._psutil and pid else None

    def processes(self) -> list[DeviceProcess]:
        """Return the watched process and its children."""
        tree = self._tree
        return tree.processes() if tree else []

    def take(self) -> dict[str, Values]:
        """Return the host's values; the tree's names are there only while one is watched."""
        if not self._psutil:
            return {HOST: dict.fromkeys(self.names)}
        memory = asked(self._psutil, "virtual_memory")
        values: Values = {
            "cpu_percent": self._load.percent(),
            "memory_used_bytes": float(memory.total - memory.available) if memory else None,
            "memory_total_bytes": float(memory.total) if memory else None,
            **self._slow.values(),
            "impossible_values_count": float(Judge.dropped_count),
        }
        tree = self._tree
        return {HOST: {**values, **tree.take()} if tree else values}

    def _take_slow(self) -> Values:
        swap = asked(self._psutil, "swap_memory")
        disks = asked(self._psutil, "disk_io_counters")
        network = asked(self._psutil, "net_io_counters")
        counters = (
            disks.read_bytes if disks else None,
            disks.write_bytes if disks else None,
            network.bytes_recv if network else None,
            network.bytes_sent if network else None,
        )
        return {
            "swap_used_bytes": float(swap.used) if swap else None,
            "swap_total_bytes": float(swap.total) if swap else None,
            **{
                name: rate.per_second(counter)
                for (name, rate), counter in zip(self._rates.items(), counters)
            },
        }
