"""The installed accelgui in a real window on an X server: start a run, look at the pixels."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from PySide6.QtGui import QImage

from accelgui.gui.pages import register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCELGUI = Path(sys.executable).with_name("accelgui")
GRAB = Path(__file__).resolve().parents[1] / "tools" / "grab_screen.py"
SIZE = (1280, 800)

pytestmark = pytest.mark.timeout(170)


class Window:
    """The installed program on a display of its own, driven as a person would: by keys."""

    def __init__(self, display: str, folder: Path) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.folder = folder
        self.errors = (folder / "stderr").open("wb")
        self.process = psutil.Popen([ACCELGUI], env=self.environment, stderr=self.errors)

    def xdotool(self, *arguments: str) -> str:
        return subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    def wait_until_shown(self) -> None:
        window = self.xdotool("search", "--sync", "--onlyvisible", "--name", "accelgui").split()[0]
        self.xdotool("windowmove", window, "0", "0")
        self.xdotool("windowsize", "--sync", window, *map(str, SIZE))
        self.xdotool("windowfocus", "--sync", window)

    def press(self, keys: str) -> None:
        self.xdotool("key", keys)

    def show_page(self, code: str) -> None:
        number = [entry.code for entry in register.ENTRIES].index(code) + 1
        self.press(f"ctrl+{number}")

    def agents(self, command: str) -> list[psutil.Process]:
        """The agents of this window that do `command` now."""
        found = []
        for child in self.process.children(recursive=True):
            try:
                arguments = child.cmdline()
            except psutil.Error:
                continue
            if command in arguments and any(part.endswith("agent") for part in arguments):
                found.append(child)
        return found

    def picture(self) -> np.ndarray:
        """What the display shows now: [height, width, rgb], uint8."""
        path = self.folder / "screen.png"
        subprocess.run([sys.executable, GRAB, path], env=self.environment, check=True, timeout=60)
        image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(bytes(image.constBits()), np.uint8)
        return pixels.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, :, 2::-1]


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline_s, "waited too long"
        time.sleep(0.05)


def coloured(picture: np.ndarray) -> int:
    """Count the pixels of a saturated colour, as curves are and words and panels are not."""
    widest = picture.max(axis=2).astype(int) - picture.min(axis=2)
    return int((widest > 100).sum())


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def window(display: str, tmp_path: Path) -> Iterator[Window]:
    made = Window(display, tmp_path)
    try:
        made.wait_until_shown()
        yield made
    finally:
        if made.process.is_running():
            made.process.terminate()
        made.process.wait(10)
        made.errors.close()


def test_that_a_training_run_is_started_by_keys_and_its_curves_are_there(window: Window) -> None:
    wait_for(lambda: window.agents("framework"))
    wait_for(lambda: not window.agents("framework"))
    window.show_page("training")
    before = coloured(window.picture())
    window.press("ctrl+Return")
    wait_for(lambda: window.agents("train"))
    wait_for(lambda: not window.agents("train"), 120)
    wait_for(lambda: coloured(window.picture()) > before + 1000, 10)
    window.process.terminate()
    assert window.process.wait(10) == 0
    assert b"Traceback" not in (window.folder / "stderr").read_bytes()


def test_that_closing_the_window_ends_a_run_within_3_s(window: Window) -> None:
    window.show_page("training")
    wait_for(lambda: window.agents("framework"))
    wait_for(lambda: not window.agents("framework"))
    window.press("ctrl+Return")
    wait_for(lambda: window.agents("train"))
    children = window.process.children(recursive=True)
    window.press("ctrl+q")
    gone, left = psutil.wait_procs([window.process, *children], timeout=3)
    assert not left
    assert gone


def test_that_a_killed_window_leaves_no_process(window: Window) -> None:
    window.show_page("training")
    wait_for(lambda: window.agents("framework"))
    wait_for(lambda: not window.agents("framework"))
    window.press("ctrl+Return")
    wait_for(lambda: window.agents("train"))
    children = window.process.children(recursive=True)
    window.process.send_signal(signal.SIGKILL)
    _, left = psutil.wait_procs(children, timeout=5)
    assert not left
