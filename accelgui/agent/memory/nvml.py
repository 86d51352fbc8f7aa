"""Who holds the memory of a GPU, asked of NVML in a process apart, since it may hang."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.nvml import ask_nvml
from accelgui.model.memory import MemoryHolder

if TYPE_CHECKING:
    from accelgui.agent.probe.nvml import NvmlAnswer

# What a process that uses an NVIDIA GPU has in its memory map.
_TRACES = ("nvidia", "libcuda")


@dataclass(frozen=True)
class GpuMemory:
    """A GPU's memory as the driver counts it, and the processes on it, the largest first."""

    total_bytes: Optional[int]
    free_bytes: Optional[int]
    holders: tuple[MemoryHolder, ...]


def memory_of(pci_address: Optional[str], silence_s: float) -> Optional[GpuMemory]:
    """Return what NVML says of a GPU; None where it says nothing, or there are several to choose.

    Without an address it must be the only one.
    """
    answer = ask_nvml([], silence_s)
    indices = [
        index
        for index, facts in answer.gpus.items()
        if pci_address is None or _value(facts, "pci_address") == pci_address
    ]
    if len(indices) != 1 or (pci_address is None and (answer.count or 0) > 1):
        return None
    facts = answer.gpus[indices[0]]
    total, used = _value(facts, "memory_total_bytes"), _value(facts, "memory_used_bytes")
    reserved = _value(facts, "memory_reserved_bytes") or 0
    free = None if total is None or used is None else max(0, total - used - reserved)
    return GpuMemory(total, free, _holders(answer, indices[0]))


def _value(facts: Any, name: str) -> Any:
    return next((fact.value for fact in facts if fact.name == name), None)


def _holders(answer: NvmlAnswer, index: int) -> tuple[MemoryHolder, ...]:
    files = Files()
    found = [
        MemoryHolder(process.pid, _name(files, process.pid), process.memory_used_bytes)
        for process in answer.processes
        if process.device == f"gpu:{index}"
    ]
    return tuple(sorted(found, key=lambda holder: -(holder.memory_bytes or 0)))


def _name(files: Files, pid: int) -> Optional[str]:
    """Return the name of a process, None where this number may mean another one here.

    In a container the driver may tell numbers of the host.
    """
    mapped = files.text(f"/proc/{pid}/maps")
    if mapped is not None and not any(trace in mapped for trace in _TRACES):
        return None
    return files.text(f"/proc/{pid}/comm")
