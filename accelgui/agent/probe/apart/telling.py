"""How a process apart tells what it does and learns."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Optional

# Learned once, before a library can print anything into the stream.
_stream = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
os.dup2(2, 1)


def tell(kind: str, **members: Any) -> None:
    """Write one line: {"kind": …, members…}."""
    _stream.write(json.dumps({"kind": kind, **members}) + "\n")


def tell_calling(call: str) -> None:
    """Say what is about to be called, so that a hang has a name."""
    tell("calling", call=call)


def loaded_path(name: str) -> Optional[str]:
    """Return from where a shared library was loaded into this process, as far as that is known."""
    if not sys.platform.startswith("linux"):
        return None
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        path = line.split(maxsplit=5)[-1]
        if Path(path).name.startswith(name):
            return path
    return None
