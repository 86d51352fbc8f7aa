"""The host's load and memory, and those of a watched process with its children."""

from __future__ import annotations

import time
from typing import Any, Optional

from accelgui.agent.samplers.load import CpuLoad
from accelgui.agent.samplers.source import Values, import_psutil
from accelgui.model.sample import HOST

# Finding children means reading every process of the system; new ones are rare.
_CHILDREN_EVERY_S = 2.0


class HostSource:
    """CPU load and memory of the whole machine; `watch` adds one tree of processes."""

    devices = (HOST,)
    names = ("cpu_percent", "memory_used_bytes", "memory_total_bytes")

    def __init__(self) -> None:
        self._psutil = import_psutil()
        self._tree: Optional[ProcessTree] = None
        self._load = CpuLoad(self._psutil)

    def watch(self, pid: Optional[int]) -> None:
        """Add the values of this process and its children; None ends that."""
        self._tree = ProcessTree(self._psutil, pid) if self._psutil and pid else None

    def take(self) -> dict[str, Values]:
        """Return the host's values; the tree's names are there only while one is watched."""
        if not self._psutil:
            return {HOST: dict.fromkeys(self.names)}
        memory = self._psutil.virtual_memory()
        values: Values = {
            "cpu_percent": self._load.percent(),
            "memory_used_bytes": float(memory.total - memory.available),
            "memory_total_bytes": float(memory.total),
        }
        tree = self._tree
        return {HOST: {**values, **tree.take()} if tree else values}


class ProcessTree:
    """A process and its children: resident memory, and CPU load where 100 is one core."""

    def __init__(self, psutil: Any, pid: int) -> None:
        self._psutil = psutil
        self._pid = pid
        self._members: dict[int, Any] = {}
        self._searched_s = float("-inf")
        self._spent_s: dict[int, float] = {}
        self._taken_s = time.monotonic()

    def take(self) -> Values:
        """Return the sums over the tree, None where it is gone."""
        now_s = time.monotonic()
        if now_s - self._searched_s >= _CHILDREN_EVERY_S:
            self._searched_s = now_s
            self._search()
        memory_bytes, spent_s = 0, {}
        for pid, process in list(self._members.items()):
            try:
                with process.oneshot():
                    memory_bytes += process.memory_info().rss
                    times = process.cpu_times()
                    spent_s[pid] = times.user + times.system
            except self._psutil.Error:  # noqa: PERF203 - One that ended does not end the rest.
                del self._members[pid]
        load = self._load(spent_s, now_s)
        return {
            "run_memory_bytes": float(memory_bytes) if spent_s else None,
            "run_cpu_percent": load,
        }

    def _search(self) -> None:
        try:
            root = self._members.get(self._pid) or self._psutil.Process(self._pid)
            found = [root, *root.children(recursive=True)]
        except self._psutil.Error:
            found = []
        self._members = {process.pid: self._members.get(process.pid, process) for process in found}

    def _load(self, spent_s: dict[int, float], now_s: float) -> Optional[float]:
        """Return the load since the last time over the processes that were there then, too."""
        both = [pid for pid in spent_s if pid in self._spent_s]
        used_s = sum(spent_s[pid] - self._spent_s[pid] for pid in both)
        elapsed_s = now_s - self._taken_s
        self._spent_s, self._taken_s = spent_s, now_s
        return 100 * used_s / elapsed_s if both and elapsed_s > 0 else None
