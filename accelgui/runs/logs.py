"""Where runs keep their logs, and how they end."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from pathlib import Path

import platformdirs

_KEPT_LOGS = 100
LARGEST_LOG_BYTES = 64 << 20
_KEPT_BYTES = 64 << 10
_numbers = itertools.count(1)


def log_folder() -> Path:
    """Return the folder of run logs, or a temporary one where the user's cannot be written."""
    folder = Path(platformdirs.user_log_path("accelgui"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return _temporary_folder()
    return folder if os.access(folder, os.W_OK) else _temporary_folder()


def new_log_path(command: str) -> Path:
    """Return a path for the log of a run about to start, and drop the oldest of too many."""
    folder = log_folder()
    logs = sorted(folder.glob("*.log"), key=lambda path: path.name)
    for old in logs[:-_KEPT_LOGS]:
        old.unlink(missing_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return folder / f"{stamp}-{os.getpid()}-{next(_numbers):03}-{command}.log"


def keep_within(path: Path) -> None:
    """Keep the end alone of a log that is flooded, by a person's own file for one.

    Who writes it has to have opened it for appending.
    """
    try:
        if path.stat().st_size <= LARGEST_LOG_BYTES:
            return
        with path.open("rb") as log:
            log.seek(-_KEPT_BYTES, os.SEEK_END)
            end = log.read(_KEPT_BYTES)
        path.write_bytes(b"accelgui: what stood before was too much\n" + end)
    except OSError:
        return


def _temporary_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"accelgui-{os.getuid() if os.name == 'posix' else 0}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def log_tail(path: Path | None, limit_bytes: int = 64 << 10) -> list[str]:
    """Return the last non-empty lines of a log, [] where it cannot be read."""
    if path is None:
        return []
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - limit_bytes))
            text = log.read().decode(errors="replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()]
