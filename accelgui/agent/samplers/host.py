"""The host's load, memory and traffic, and those of a watched process with its children."""

from __future__ import annotations

import time
from typing import Any, Optional

from accelgui.agent.samplers.load import CpuLoad
from accelgui.agent.samplers.source import Held, Judge, Rate, Values, import_psutil
from accelgui.model.sample import HOST, DeviceProcess

# Finding children means reading every process of the system; new ones are rare.
_CHILDREN_EVERY_S = 2.0
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
        self._tree: Optional[ProcessTree] = None
        self._load = CpuLoad(self._psutil)
        self._slow = Held(_SLOW_S, self._take_slow)
        self._rates = {name: Rate() for name in _SLOW[2:]}

    def watch(self, pid: Optional[int]) -> None:
        """Add the values of this process and its children; None ends that."""
        if self._tree is not None and self._tree.pid == pid:
            return  # Asked for again: what was seen so far goes on.
        self._tree = ProcessTree(self._psutil, pid) if self._psutil and pid else None

    def processes(self) -> list[DeviceProcess]:
        """Return the watched process and its children."""
        tree = self._tree
        return tree.processes() if tree else []

    def take(self) -> dict[str, Values]:
        """Return the host's values; the tree's names are there only while one is watched."""
        if not self._psutil:
            return {HOST: dict.fromkeys(self.names)}
        memory = self._psutil.virtual_memory()
        values: Values = {
            "cpu_percent": self._load.percent(),
            "memory_used_bytes": float(memory.total - memory.available),
            "memory_total_bytes": float(memory.total),
            **self._slow.values(),
            "impossible_values_count": float(Judge.dropped_count),
        }
        tree = self._tree
        return {HOST: {**values, **tree.take()} if tree else values}

    def _take_slow(self) -> Values:
        swap = self._ask("swap_memory")
        disks, network = self._ask("disk_io_counters"), self._ask("net_io_counters")
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

    def _ask(self, function: str) -> Any:
        try:
            return getattr(self._psutil, function)()
        except Exception:  # noqa: BLE001 - Containers hide /proc files, each raises its own.
            return None


class ProcessTree:
    """A process and its children: memory, CPU load where 100 is one core, and what disks did.

    The system does not tell how much of the network each process uses.
    """

    def __init__(self, psutil: Any, pid: int) -> None:
        self._psutil = psutil
        self.pid = pid
        self._members: dict[int, Any] = {}
        self._searched_s = float("-inf")
        self._spent_s: dict[int, float] = {}
        self._loads: dict[int, float] = {}
        self._memory: dict[int, int] = {}
        self._traffic = {name: _Traffic() for name in ("read", "write")}
        self._taken_s = time.monotonic()

    def processes(self) -> list[DeviceProcess]:
        """Return each process of the tree as it was found last."""
        found = []
        for pid, process in list(self._members.items()):
            try:
                found.append(
                    DeviceProcess(
                        HOST,
                        pid,
                        name=process.name(),
                        user=process.username(),
                        started_s=process.create_time(),
                        kind="run",
                        memory_bytes=self._memory.get(pid),
                        cpu_percent=self._loads.get(pid),
                    )
                )
            except (self._psutil.Error, KeyError):  # noqa: PERF203 - As in take.
                continue
        return found

    def take(self) -> Values:
        """Return the sums over the tree, None where it is gone."""
        now_s = time.monotonic()
        if now_s - self._searched_s >= _CHILDREN_EVERY_S:
            self._searched_s = now_s
            self._search()
        memory: dict[int, int] = {}
        spent_s: dict[int, float] = {}
        moved: dict[int, Any] = {}
        for pid, process in list(self._members.items()):
            try:
                with process.oneshot():
                    memory[pid] = process.memory_info().rss
                    times = process.cpu_times()
                    spent_s[pid] = times.user + times.system
                    moved[pid] = _moved(process)
            except self._psutil.Error:  # noqa: PERF203 - One that ended does not end the rest.
                del self._members[pid]
        load = self._load(spent_s, now_s)
        self._memory = memory
        read, written = (
            self._traffic[what].per_second({
                pid: counts[number] for pid, counts in moved.items() if counts
            })
            for number, what in enumerate(("read", "write"))
        )
        return {
            # What has ended and is not waited for yet has no memory left to report.
            "run_memory_bytes": float(sum(memory.values())) or None,
            "run_cpu_percent": load,
            "run_disk_read_bytes_per_s": read,
            "run_disk_written_bytes_per_s": written,
        }

    def _search(self) -> None:
        try:
            root = self._members.get(self.pid) or self._psutil.Process(self.pid)
            found = [root, *root.children(recursive=True)]
        except self._psutil.Error:
            found = []
        self._members = {process.pid: self._members.get(process.pid, process) for process in found}

    def _load(self, spent_s: dict[int, float], now_s: float) -> Optional[float]:
        """Return the load since the last time over the processes that were there then, too."""
        elapsed_s = now_s - self._taken_s
        used_s = {p: spent_s[p] - self._spent_s[p] for p in spent_s if p in self._spent_s}
        self._spent_s, self._taken_s = spent_s, now_s
        if not used_s or elapsed_s <= 0:
            return None
        self._loads = {pid: 100 * used / elapsed_s for pid, used in used_s.items()}
        return sum(self._loads.values())


class _Traffic:
    """The sum of counters of processes that come and go, per second."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}
        self._sum = 0.0
        self._rate = Rate()

    def per_second(self, counters: dict[int, float]) -> Optional[float]:
        self._sum += sum(counters[pid] - self._last.get(pid, counters[pid]) for pid in counters)
        self._last = counters
        return self._rate.per_second(self._sum if counters else None)


def _moved(process: Any) -> Optional[tuple[float, float]]:
    """Return the bytes that a process read from and wrote to disks, None where that is secret."""
    try:
        counters = process.io_counters()
    except Exception:  # noqa: BLE001 - Other users' processes, and systems that do not count.
        return None
    return counters.read_bytes, counters.write_bytes
