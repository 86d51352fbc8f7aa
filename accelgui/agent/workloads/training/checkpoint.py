"""The trained weights, written to a file that a person chose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from accelgui.agent.failures import InputError
from accelgui.model.checkpoint import SUFFIXES


def check(framework: str, path: str) -> Path:
    """Return where to write; raises InputError where that cannot be, before any work is done."""
    file = Path(path).expanduser().absolute()
    suffix = SUFFIXES[framework]
    if file.suffix != suffix:
        raise InputError(f"{file}: a checkpoint of {framework} ends in {suffix}")
    if file.is_dir():
        raise InputError(f"{file}: is a folder")
    if not file.parent.is_dir():
        raise InputError(f"{file.parent}: no such folder")
    if not os.access(file.parent, os.W_OK):
        raise InputError(f"{file.parent}: nothing may be written there")
    return file


def write(training: Any, file: Path) -> int:
    """Have the weights written beside the file first, so that it is whole or not there.

    Returns its size in bytes. Raises OSError, and whatever the framework raises.
    """
    part = _part(file)
    try:
        training.save(str(part))
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        size = part.stat().st_size
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return size


def bytes_so_far(file: Path) -> int:
    """Return how much of it was written yet."""
    try:
        return _part(file).stat().st_size
    except OSError:
        return 0


def _part(file: Path) -> Path:
    return file.with_name(f".{file.stem}.part{file.suffix}")
