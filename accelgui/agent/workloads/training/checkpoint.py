"""The trained weights, written to a file that a person chose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accelgui.agent.failures import InputError, WorkError
from accelgui.model.checkpoint import SUFFIXES


def check(framework: str, path: str) -> Path:
    """Return where to write; raises InputError where that cannot be, before any work is done."""
    file = Path(path).expanduser()
    suffix = SUFFIXES[framework]
    if file.suffix != suffix:
        raise InputError(f"{file}: a checkpoint of {framework} ends in {suffix}")
    if not file.parent.is_dir():
        raise InputError(f"{file.parent}: no such folder")
    return file


def write(training: Any, file: Path) -> None:
    """Have the weights written beside the file first, so that it is whole or not there."""
    part = file.with_name(f".{file.stem}.part{file.suffix}")
    try:
        training.save(str(part))
        part.replace(file)
    except OSError as error:
        raise WorkError(f"{file}: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
