"""From a framework's error to one that knows how much was asked for, and what there was."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from accelgui.agent.memory import cuda, host, nvml
from accelgui.model.memory import HOST, MemoryShortage
from accelgui.model.memory_messages import is_library_without_room, is_shortage, read

if TYPE_CHECKING:
    from accelgui.model.snapshot import FrameworkDevice

# A driver out of memory should answer, but one in trouble may not.
_DRIVER_S = 2.0
_ALL_DRIVERS_S = 5.0

# A library that cannot begin does so for lack of memory where less than this share is free.
_LITTLE_LEFT = 0.1

# By these a person tells a framework to take memory beforehand, or how much.
_SETTINGS = {
    "TF_FORCE_GPU_ALLOW_GROWTH": ("0", "false"),
    "XLA_PYTHON_CLIENT_PREALLOCATE": ("1", "true"),
}


def shortage_of(
    error: BaseException, device: Optional[FrameworkDevice]
) -> Optional[MemoryShortage]:
    """Return what an error says of memory, filled up by what device and host say now.

    None where the error is about something else. The memory is looked at after the fact: what
    the framework has given back meanwhile counts as free.
    """
    text = f"{type(error).__name__}: {error}"
    key = device.key if device else "cpu"
    if not (isinstance(error, MemoryError) or is_shortage(text) or is_library_without_room(text)):
        return None
    told = read(text, "cpu" if isinstance(error, MemoryError) else key)
    shortage = _with_host(told) if told.device == HOST else _with_gpu(told)
    if is_library_without_room(text) and not is_shortage(text) and not _is_full(shortage):
        return None
    return shortage


def _with_host(told: MemoryShortage) -> MemoryShortage:
    now = host.memory_now()
    return replace(
        told,
        free_bytes=now.free_bytes,
        total_bytes=now.total_bytes,
        own_bytes=now.own_bytes,
        limited_by=now.limited_by,
        holders=host.holders() if now.limited_by is None else (),
    )


def _with_gpu(told: MemoryShortage) -> MemoryShortage:
    kind, _, number = told.device.partition(":")
    told = replace(told, setting=_setting())
    if kind != "gpu":
        return told
    found: list[MemoryShortage] = []
    asking = threading.Thread(
        target=lambda: found.append(_as_drivers_say(told, int(number or 0))),
        name="memory",
        daemon=True,
    )
    asking.start()
    asking.join(_ALL_DRIVERS_S)
    return found[0] if found else told


def _as_drivers_say(told: MemoryShortage, ordinal: int) -> MemoryShortage:
    seen = cuda.memory_of(ordinal)
    gpu = nvml.memory_of(seen.pci_address if seen else None, _DRIVER_S)
    if seen:
        told = replace(
            told,
            free_bytes=_first(told.free_bytes, seen.free_bytes),
            total_bytes=_first(told.total_bytes, seen.total_bytes),
        )
    if gpu:
        own = [holder.memory_bytes for holder in gpu.holders if holder.pid == os.getpid()]
        others = tuple(holder for holder in gpu.holders if holder.pid != os.getpid())
        told = replace(
            told,
            free_bytes=_first(told.free_bytes, gpu.free_bytes),
            total_bytes=_first(told.total_bytes, gpu.total_bytes),
            own_bytes=_first(told.own_bytes, *own),
            holders=others or told.holders,
        )
    return told


def _first(*values: Optional[int]) -> Optional[int]:
    return next((value for value in values if value is not None), None)


def _setting() -> Optional[str]:
    for name, values in _SETTINGS.items():
        if os.environ.get(name, "").lower() in values:
            return name
    return None


def _is_full(shortage: MemoryShortage) -> bool:
    if shortage.free_bytes is None or not shortage.total_bytes:
        return False
    return shortage.free_bytes < _LITTLE_LEFT * shortage.total_bytes
