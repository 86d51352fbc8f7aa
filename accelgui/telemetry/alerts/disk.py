"""How much room there is on the disks that a person's work needs."""

from __future__ import annotations

import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Disks fill slowly.
_EVERY_S = 10.0


@dataclass(frozen=True)
class Room:
    """What is free of a file system, and how large it is."""

    free_bytes: float
    total_bytes: float


def usual_folders(*more: Path) -> tuple[Path, ...]:
    """Return where checkpoints, logs and the history go, and `more`."""
    return (Path.home(), Path(tempfile.gettempdir()), *more)


class DiskWatch:
    """Looks again and again, on a thread of its own: a file system of the network may hang.

    `rooms` are those that answered, () while none has.
    """

    def __init__(self, folders: Iterable[Path], every_s: float = _EVERY_S) -> None:
        self.rooms: tuple[Room, ...] = ()
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
            rooms = (_room(folder) for folder in self._folders)
            self.rooms = tuple(room for room in rooms if room is not None)
            self._ended.wait(self._every_s)


def _room(folder: Path) -> Room | None:
    """Return the room for this user in the folder, or where it would be made."""
    for place in (folder, *folder.parents):
        try:
            usage = shutil.disk_usage(place)
            return Room(float(usage.free), float(usage.total))
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
