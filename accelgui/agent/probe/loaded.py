"""Which CUDA libraries this process has really loaded, and from where."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.libraries import library_at

if TYPE_CHECKING:
    from accelgui.model.snapshot import Library


def loaded_libraries() -> tuple[Library, ...]:
    """Return them in the order of their addresses; none where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return ()
    try:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    lines = (line.split(maxsplit=5) for line in maps.splitlines())
    paths = dict.fromkeys(parts[5] for parts in lines if len(parts) == 6 and ".so" in parts[5])
    files = Files()
    return tuple(library for path in paths for library in library_at(files, path, "loaded"))
