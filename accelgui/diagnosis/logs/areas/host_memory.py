"""Memory of the machine itself, not of its GPU, that ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.clues import Rule

SIGNS = (
    sign(
        "oom_killer",
        ("out of memory: kill", "oom-kill", "oom_reaper", "oomkilled", "oom_kill"),
        r"Out of memory: Kill(?:ed)? process|oom-kill:|oom_reaper: reaped|OOMKilled"
        r"|invoked oom-kill|oom_kill_process|oom_kill event|\bOOM Killed",
        says="host_out_of_memory",
    ),
    sign(
        "page_file_small",
        ("paging file is too small", "winerror 1455"),
        says="host_out_of_memory",
    ),
    sign(
        "shared_memory_full",
        (
            "insufficient shared memory",
            "out of shared memory",
            "creating shared memory segment",
            "posix_fallocate failed",
        ),
        says="host_out_of_memory",
    ),
    sign(
        "system_memory_short",
        "more system memory",
        r"requires more system memory",
        says="host_out_of_memory",
    ),
    sign(
        "cpu_allocator",
        ("defaultcpuallocator", "by allocator cpu", "unable to allocate", "cannot allocate memory"),
        r"DefaultCPUAllocator: (?:can't allocate|not enough) memory"
        r"|device:CPU:0 by allocator cpu\b"
        r"|Unable to allocate [\d.]+ [KMGT]?i?B for an array|Cannot allocate memory",
        says="host_out_of_memory",
    ),
)

RULES: tuple[Rule, ...] = ()
