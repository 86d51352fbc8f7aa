"""Who has device files open, as far as this user may see."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from accelgui.model.snapshot import Process

if TYPE_CHECKING:
    from collections.abc import Collection

    from accelgui.agent.probe.files import Files


def holders(files: Files, paths: Collection[str]) -> list[Process]:
    """Return each process that has one of the paths open, once for each path."""
    found: dict[tuple[int, str], Process] = {}
    pids = [name for name in files.names("/proc") if name.isdecimal()] if paths else []
    for pid in pids:
        folder = f"/proc/{pid}/fd"
        for descriptor in files.names(folder):
            target = _link(files, f"{folder}/{descriptor}")
            if target in paths:
                name = files.text(f"/proc/{pid}/comm")
                found.setdefault((int(pid), target), Process(int(pid), target, name))
    return list(found.values())


def _link(files: Files, path: str) -> str:
    try:
        return os.readlink(files.place(path, follow_last=False))  # noqa: PTH115 - A str, as it is.
    except (OSError, ValueError):
        return ""
