"""Memory that was not there: how much was asked for, how much was free, who holds the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

# The key of the machine's own memory, beside those of devices.
HOST = "host"

OUT_OF_MEMORY = "gpu_out_of_memory"
HELD_BY_OTHERS = "gpu_memory_held_by_other_process"
PREALLOCATED = "gpu_memory_preallocation"
HOST_OUT_OF_MEMORY = "host_out_of_memory"
SHORTAGES = (OUT_OF_MEMORY, HELD_BY_OTHERS, PREALLOCATED, HOST_OUT_OF_MEMORY)

# More than this share of the device in other hands: the work would have fitted.
_OTHERS_SHARE = 0.3


@dataclass(frozen=True)
class MemoryHolder:
    """A process and how much of the memory it holds; None where that is not told."""

    pid: int
    name: Optional[str] = None
    memory_bytes: Optional[int] = None


@dataclass(frozen=True)
class MemoryShortage:
    """A memory at the moment when an allocation failed; None is what nobody tells.

    `device` is its key, HOST for the machine's own. `own_bytes` is what the failed process held,
    `holders` are the others, the largest first. `limited_by` says that `total_bytes` is less than
    the machine has: "process_limit" (ulimit) or "container_limit" (cgroup). `setting` is the
    variable by which the framework was told to take memory beforehand.
    """

    device: str
    asked_bytes: Optional[int] = None
    free_bytes: Optional[int] = None
    total_bytes: Optional[int] = None
    own_bytes: Optional[int] = None
    holders: tuple[MemoryHolder, ...] = ()
    limited_by: Optional[str] = None
    setting: Optional[str] = None

    @property
    def code(self) -> str:
        """The cause, by the remedy that it asks for."""
        if self.device == HOST:
            return HOST_OUT_OF_MEMORY
        if self.setting and self._has_room(self.free_bytes):
            return PREALLOCATED
        held_bytes = sum(holder.memory_bytes or 0 for holder in self.holders)
        if self._is_much(held_bytes) and self._has_room((self.free_bytes or 0) + held_bytes):
            return HELD_BY_OTHERS
        return OUT_OF_MEMORY

    def _is_much(self, held_bytes: int) -> bool:
        if not self.total_bytes or held_bytes <= (self.own_bytes or 0):
            return False
        return held_bytes > _OTHERS_SHARE * self.total_bytes

    def _has_room(self, room_bytes: Optional[int]) -> bool:
        """Whether what was asked for would find its place in so much."""
        if room_bytes is None:
            return False
        return self.asked_bytes is None or self.asked_bytes <= room_bytes


@dataclass(frozen=True)
class LargestBatch:
    """What a search for the largest batch that fits came to.

    `batch_size` is None where none was seen to fit; `fails_at` is the smallest that did not.
    `is_complete` is False where the search was stopped or its time was over.
    """

    batch_size: Optional[int]
    fails_at: int
    is_complete: bool = True
