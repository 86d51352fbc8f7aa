from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING

from accelgui.telemetry.alerts.disk import DiskWatch, Room, usual_folders

if TYPE_CHECKING:
    from pathlib import Path


def look(*folders: Path) -> tuple[Room, ...]:
    watch = DiskWatch(folders, every_s=0.01)
    deadline_s = time.monotonic() + 10
    while not watch.rooms and time.monotonic() < deadline_s:
        time.sleep(0.005)
    watch.close()
    return watch.rooms


def test_that_the_room_of_a_folder_that_is_not_there_yet_is_that_of_its_place(
    tmp_path: Path,
) -> None:
    (room,) = look(tmp_path / "not" / "there" / "yet")
    assert abs(room.free_bytes - shutil.disk_usage(tmp_path).free) < 1e9
    assert room.total_bytes == shutil.disk_usage(tmp_path).total


def test_that_home_and_temporary_files_are_looked_at(tmp_path: Path) -> None:
    folders = usual_folders(tmp_path)
    assert len(folders) == 3
    assert len(look(*folders)) == 3


def test_that_its_thread_ends(tmp_path: Path) -> None:
    DiskWatch((tmp_path,)).close()
    assert "disks" not in {thread.name for thread in threading.enumerate()}
