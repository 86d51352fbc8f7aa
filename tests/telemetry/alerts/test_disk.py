from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING

from accelgui.telemetry.alerts.disk import DiskWatch, usual_folders

if TYPE_CHECKING:
    from pathlib import Path


def look(*folders: Path) -> float | None:
    watch = DiskWatch(folders, every_s=0.01)
    deadline_s = time.monotonic() + 10
    while watch.free_bytes is None and time.monotonic() < deadline_s:
        time.sleep(0.005)
    watch.close()
    return watch.free_bytes


def test_that_the_room_of_a_folder_that_is_not_there_yet_is_that_of_its_place(
    tmp_path: Path,
) -> None:
    free = look(tmp_path / "not" / "there" / "yet")
    assert free is not None
    assert abs(free - shutil.disk_usage(tmp_path).free) < 1e9


def test_that_home_and_temporary_files_are_looked_at(tmp_path: Path) -> None:
    folders = usual_folders(tmp_path)
    assert len(folders) == 3
    assert look(*folders) is not None


def test_that_its_thread_ends(tmp_path: Path) -> None:
    DiskWatch((tmp_path,)).close()
    assert "disks" not in {thread.name for thread in threading.enumerate()}
