"""How much room there is on the disks that a person's work needs."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Disks fill slowly.
_EVERY_S = 10.0


def usual_folders(*more: Path) -> tuple[Path, ...]:
    """Return where checkpoints, logs and the history go, and `more`."""
    return (Path.home(), Path(tempfile.gettempdir()), *more)


class DiskWatch:
    """Looks again and again, on a thread of its own: a file system of the network may hang.

    `free_bytes` is the room on the fullest of them, None where that is not known.
    """

    def __init__(self, folders: Iterable[Path], every_s: float = _EVERY_S) -> None:
        self.free_bytes: float | None = None
        self._folders = tuple(folders)
        self._every_s = every_s
        self._ended = threading.Event()
        # One that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._work, name="disks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End, without waiting for a disk that hangs."""
        self._ended.set()
        self._thread.join(timeout=0.5)

    def _work(self) -> None:
        while not self._ended.is_set():
            known = [free for folder in self._folders if (free := _free_bytes(folder)) is not None]
            self.free_bytes = min(known, default=None)
            self._ended.wait(self._every_s)


def _free_bytes(folder: Path) -> float | None:
    """Return the room for this user in the folder, or where it would be made."""
    for place in (folder, *folder.parents):
        try:
            return float(shutil.disk_usage(place).free)
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
