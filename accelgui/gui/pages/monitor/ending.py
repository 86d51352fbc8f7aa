"""Ends a process that uses a device, once a person has said so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil

from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.model.sample import DeviceProcess

# The system's clock ticks 100 times a second; a start is told no finer.
_SAME_START_S = 0.1


def end_process(process: DeviceProcess, *, at_once: bool = False) -> str:
    """Ask a process to end, or end it unasked; returns what is in the way, "" for nothing."""
    words = {"name": process.name, "pid": process.pid}
    if process.pid == os.getpid():
        return _("{name} ({pid}) is this window: close it instead.").format(**words)
    try:
        found = psutil.Process(process.pid)
        if not is_same(process, found):
            return _("{name} ({pid}) has ended by itself.").format(**words)
        found.kill() if at_once else found.terminate()
    except psutil.NoSuchProcess:
        return _("{name} ({pid}) has ended by itself.").format(**words)
    except psutil.AccessDenied:
        return _("{name} ({pid}) belongs to somebody else: you may not end it.").format(**words)
    return ""


def is_alive(process: DeviceProcess) -> bool:
    """Is it still there? One that waits to be cleared away by its parent is not."""
    try:
        found = psutil.Process(process.pid)
        return is_same(process, found) and found.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def is_same(process: DeviceProcess, found: psutil.Process) -> bool:
    """Was the number not given to another process meanwhile?"""
    started_s = process.started_s
    return started_s is not None and abs(found.create_time() - started_s) <= _SAME_START_S
