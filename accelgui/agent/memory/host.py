"""How much of the machine's own memory this process may still have, and who has the rest."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, Optional

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.host import memory_bytes
from accelgui.agent.samplers.source import import_psutil
from accelgui.model.memory import MemoryHolder

resource: Any
try:
    import resource
except ImportError:  # Windows has no such limits.
    resource = None

_CGROUPS = "/sys/fs/cgroup"
_HOLDERS = 3
# A process with less than this share does not stand in the way.
_LEAST_SHARE = 0.05
_PAGE_BYTES = 4096 if resource is None else resource.getpagesize()


@dataclass(frozen=True)
class HostMemory:
    """What there is for this process; `limited_by` as in MemoryShortage."""

    total_bytes: Optional[int]
    free_bytes: Optional[int]
    own_bytes: Optional[int]
    limited_by: Optional[str] = None


def memory_now(files: Optional[Files] = None) -> HostMemory:
    """Return the memory of the machine, or the tightest limit on it that holds for us."""
    files = files or Files()
    mapped, resident = _own(files)
    known = [
        HostMemory(memory_bytes(files, "MemTotal"), memory_bytes(files, "MemAvailable"), resident),
        _of_container(files, resident),
        _of_process(mapped),
    ]
    tightest = [memory for memory in known if memory is not None and memory.free_bytes is not None]
    return min(tightest, key=lambda memory: memory.free_bytes or 0) if tightest else known[0]  # type: ignore[return-value]


def holders() -> tuple[MemoryHolder, ...]:
    """Return the processes with most memory besides this one, the largest first."""
    psutil = import_psutil()
    if psutil is None:
        return ()
    least = _LEAST_SHARE * psutil.virtual_memory().total
    found = []
    for process in psutil.process_iter(("pid", "name", "memory_info")):
        told = process.info
        if told["pid"] != os.getpid() and told["memory_info"] is not None:
            found.append(MemoryHolder(told["pid"], told["name"], told["memory_info"].rss))
    large = [holder for holder in found if (holder.memory_bytes or 0) >= least]
    return tuple(sorted(large, key=lambda holder: -(holder.memory_bytes or 0))[:_HOLDERS])


def keep_within(share: float) -> None:
    """Let allocations beyond `share` of what is free fail, and be the first to go.

    Linux grants more memory than there is and ends processes when it is used: not necessarily the
    one that asked.
    """
    free = memory_now().free_bytes
    if resource is None or free is None:
        return
    status = Files().text("/proc/self/status") or ""
    data = re.search(r"^VmData:\s+(\d+) kB", status, re.MULTILINE)
    if data:
        limit = (int(data.group(1)) << 10) + int(share * free)
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard in {resource.RLIM_INFINITY, -1} or limit < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123 - As short as it gets.
            file.write("1000")
    except OSError:
        pass


def _own(files: Files) -> tuple[Optional[int], Optional[int]]:
    """Return how much this process has mapped and how much of it is resident."""
    pages = (files.text("/proc/self/statm") or "").split()
    if len(pages) < 2:
        return None, None
    return int(pages[0]) * _PAGE_BYTES, int(pages[1]) * _PAGE_BYTES


def _of_process(mapped: Optional[int]) -> Optional[HostMemory]:
    if resource is None or mapped is None:
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit in {resource.RLIM_INFINITY, -1}:
        return None
    return HostMemory(limit, max(0, limit - mapped), mapped, "process_limit")


def _of_container(files: Files, resident: Optional[int]) -> Optional[HostMemory]:
    """Return the limit of our control group, of version 2 or 1."""
    cgroup = re.search(r"^0::(/\S*)$", files.text("/proc/self/cgroup") or "", re.MULTILINE)
    inner = cgroup.group(1).rstrip("/") if cgroup else ""
    for folder, limit_name, used_name in (
        (f"{_CGROUPS}{inner}", "memory.max", "memory.current"),
        (_CGROUPS, "memory.max", "memory.current"),
        (f"{_CGROUPS}/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit = files.number(f"{folder}/{limit_name}")
        used = files.number(f"{folder}/{used_name}")
        total = memory_bytes(files, "MemTotal")
        # Without a limit, version 1 says a number that no machine has.
        if limit is not None and used is not None and total is not None and limit < total:
            return HostMemory(limit, max(0, limit - used), resident, "container_limit")
    return None
