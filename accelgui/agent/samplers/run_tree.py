"""The run that is watched: a process with all its children."""

from __future__ import annotations

import time
from typing import Any, Optional

from accelgui.agent.samplers.source import Held, Rate, Values
from accelgui.agent.samplers.tcp import TcpCounters, sockets_of
from accelgui.model.sample import HOST, DeviceProcess

# Finding children means reading every process of the system; new ones are rare.
_CHILDREN_EVERY_S = 2.0
# All connections of the system are read, and all files that the run has open.
_NETWORK_EVERY_S = 1.0


class RunTree:
    """Its memory, its CPU load where 100 is one core, and what it moved over disks and networks."""

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
        self._network = _Network()
        self._held = Held(_NETWORK_EVERY_S, lambda: self._network.take(set(self._members)))

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
            **self._held.values(),
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


class _Network:
    """What the connections of some processes carry.

    The kernel counts by connection, TCP only; what one carried that came and went between two
    looks is not seen.
    """

    def __init__(self) -> None:
        self._counters = TcpCounters()
        self._before: Optional[dict[int, tuple[int, int]]] = None
        self._sums = [0, 0]
        self._rates = {f"run_network_{what}_bytes_per_s": Rate() for what in ("received", "sent")}

    def take(self, pids: set[int]) -> Values:
        """Return what was received and sent per second since the last call."""
        now, before = self._counters.carried(), self._before
        self._before = now
        if now is None or not pids:
            return dict.fromkeys(self._rates)
        if before is not None:
            for inode in sockets_of(pids) & now.keys():
                # One that nobody had at the last look has carried all of it since.
                known = before.get(inode, (0, 0))
                for way in (0, 1):
                    self._sums[way] += max(now[inode][way] - known[way], 0)
        return {
            name: rate.per_second(total)
            for (name, rate), total in zip(self._rates.items(), self._sums)
        }


def _moved(process: Any) -> Optional[tuple[float, float]]:
    """Return the bytes that a process read from and wrote to disks, None where that is secret."""
    try:
        counters = process.io_counters()
    except Exception:  # noqa: BLE001 - Other users' processes, and systems that do not count.
        return None
    return counters.read_bytes, counters.write_bytes
