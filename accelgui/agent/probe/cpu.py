"""The CPU as a device: cores, vector instructions, clocks, caches, memory."""

from __future__ import annotations

import os
import platform
import re
from typing import TYPE_CHECKING, Optional, Union

from accelgui.agent.probe.host import memory_bytes
from accelgui.model.device import Device, DeviceFact, DeviceKind, FactGroup

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files

_CPUS = "/sys/devices/system/cpu"
_CPUINFO = "/proc/cpuinfo"

# What matters for arithmetic, oldest first; x86 flags, then Arm features.
INSTRUCTION_SETS = (
    "sse4_2",
    "avx",
    "f16c",
    "fma",
    "avx2",
    "avx512f",
    "avx512bw",
    "avx512_vnni",
    "avx512_bf16",
    "avx512_fp16",
    "avx_vnni",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
    "amx_fp16",
    "asimd",
    "asimdhp",
    "asimddp",
    "sve",
    "sve2",
    "i8mm",
    "bf16",
    "sme",
)

Value = Optional[Union[bool, int, float, str]]


def look_at_cpu(files: Files) -> Device:
    """Return the CPU with what its files say; what they do not say is None."""
    info = _info(files)
    facts = (
        *_identity(files, info),
        *_compute(files, info),
        *_clocks(files),
        *_memory(files),
    )
    return Device(key="cpu", kind=DeviceKind.CPU, name=cpu_name(files), facts=facts)


def cpu_name(files: Files) -> str:
    """Return the maker's name of the CPU, or what the platform says where there is none."""
    info = _info(files)
    return info.get("model name") or info.get("hardware") or _platform_name(files)


def _identity(files: Files, info: dict[str, str]) -> list[DeviceFact]:
    return [
        _fact(FactGroup.IDENTITY, "vendor", info.get("vendor_id"), _CPUINFO),
        _fact(FactGroup.IDENTITY, "microcode_version", info.get("microcode"), _CPUINFO),
        _fact(
            FactGroup.IDENTITY,
            "sockets_count",
            len(_topology(files, "physical_package_id")) or None,
            f"{_CPUS}/cpu*/topology",
        ),
    ]


def _compute(files: Files, info: dict[str, str]) -> list[DeviceFact]:
    flags = (info.get("flags") or info.get("features") or "").split()
    known = [name for name in INSTRUCTION_SETS if name in flags]
    return [
        _fact(FactGroup.COMPUTE, "cores_physical_count", _cores(files), f"{_CPUS}/cpu*/topology"),
        _fact(FactGroup.COMPUTE, "cores_logical_count", _threads(files), _CPUINFO),
        _fact(FactGroup.COMPUTE, "cores_available_count", _available(files), "sched_getaffinity"),
        _fact(FactGroup.COMPUTE, "instruction_sets", " ".join(known) or None, _CPUINFO),
        _fact(
            FactGroup.COMPUTE,
            "numa_node_count",
            _range_count(files.text("/sys/devices/system/node/online")),
            "/sys/devices/system/node/online",
        ),
        *_caches(files),
    ]


def _clocks(files: Files) -> list[DeviceFact]:
    folder = f"{_CPUS}/cpu0/cpufreq"
    return [
        _fact(FactGroup.CLOCKS, name, _khz(files, f"{folder}/{file}"), f"{folder}/{file}")
        for name, file in (
            ("clock_base_hz", "base_frequency"),
            ("clock_max_hz", "cpuinfo_max_freq"),
        )
    ]


def _memory(files: Files) -> list[DeviceFact]:
    limit_path, limit = _memory_limit(files)
    return [
        _fact(FactGroup.MEMORY, "memory_total_bytes", memory_bytes(files, "MemTotal"), _MEMINFO),
        _fact(FactGroup.MEMORY, "memory_limit_bytes", limit, limit_path),
        _fact(FactGroup.MEMORY, "swap_total_bytes", memory_bytes(files, "SwapTotal"), _MEMINFO),
    ]


_MEMINFO = "/proc/meminfo"


def _memory_limit(files: Files) -> tuple[str, Optional[int]]:
    """Return the control group's limit, None where there is none below the machine's memory."""
    total = memory_bytes(files, "MemTotal")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        limit = files.number(path)
        if limit is not None and total is not None and limit < total:
            return path, limit
    return "/sys/fs/cgroup/memory.max", None


def _caches(files: Files) -> list[DeviceFact]:
    facts = []
    for folder in files.glob(f"{_CPUS}/cpu0/cache", "index*"):
        level, kind = files.text(f"{folder}/level"), files.text(f"{folder}/type")
        size = re.fullmatch(r"(\d+)K", files.text(f"{folder}/size") or "")
        letter = {"Data": "d", "Instruction": "i"}.get(kind or "", "")
        value = int(size.group(1)) << 10 if size else None
        name = f"cache_l{level}{letter}_bytes"
        facts.append(_fact(FactGroup.COMPUTE, name, value, f"{folder}/size"))
    return facts


def _info(files: Files) -> dict[str, str]:
    """Return the first processor's lines of /proc/cpuinfo, names in lower case."""
    block = (files.text(_CPUINFO) or "").split("\n\n", 1)[0]
    pairs = (line.partition(":") for line in block.splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _threads(files: Files) -> Optional[int]:
    count = len(re.findall(r"^processor\s*:", files.text(_CPUINFO) or "", re.MULTILINE))
    return count or (os.cpu_count() if files.live else None)


def _cores(files: Files) -> Optional[int]:
    cores = _topology(files, "physical_package_id", "core_id")
    if cores or not files.live:
        return len(cores) or None
    try:
        import psutil
    except ImportError:
        return None
    return psutil.cpu_count(logical=False)


def _topology(files: Files, *names: str) -> set[tuple[str, ...]]:
    found = set()
    for folder in files.glob(_CPUS, "cpu[0-9]*"):
        values = [files.text(f"{folder}/topology/{name}") for name in names]
        if all(values):
            found.add(tuple(value or "" for value in values))
    return found


def _available(files: Files) -> Optional[int]:
    if not files.live or not hasattr(os, "sched_getaffinity"):
        return None
    return len(os.sched_getaffinity(0))


def _range_count(text: Optional[str]) -> Optional[int]:
    """Return how many numbers a kernel list such as "0-3,8" names."""
    if not re.fullmatch(r"[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*", text or ""):
        return None
    bounds = [part.split("-") for part in (text or "").split(",")]
    return sum(int(part[-1]) - int(part[0]) + 1 for part in bounds)


def _khz(files: Files, path: str) -> Optional[int]:
    value = files.number(path)
    return value * 1000 if value else None


def _platform_name(files: Files) -> str:
    return (platform.processor() or platform.machine() if files.live else "") or "CPU"


def _fact(group: FactGroup, name: str, value: Value, source: str) -> DeviceFact:
    return DeviceFact(group=group, name=name, value=value, source=source)
