"""What every test gets: folders of its own, no display, nothing left behind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil
import pytest
from standins.fixtures import *  # noqa: F403 - Its __all__ names fixtures, and nothing else.

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's settings, data or logs."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        folder = tmp_path / "xdg" / name.lower()
        folder.mkdir(parents=True)
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(autouse=True)
def no_process_left_behind() -> Iterator[None]:
    """Fail a test whose processes outlive it."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    yield
    left = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
    _, alive = psutil.wait_procs(left, timeout=3)
    named = [" ".join(process.cmdline()) for process in alive]
    for process in alive:
        process.kill()
    assert not named, f"processes left behind: {named}"
