from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from accelgui.gui.application import Interrupts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def interrupts(qtbot: QtBot) -> Iterator[Interrupts]:
    made = Interrupts()
    yield made
    made.remove()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_arrives_as_a_signal(
    qtbot: QtBot, interrupts: Interrupts, number: int
) -> None:
    with qtbot.waitSignal(interrupts.arrived, timeout=5000):
        os.kill(os.getpid(), number)


@pytest.mark.timeout(60)
def test_that_ctrl_c_in_the_terminal_closes_the_window() -> None:
    code = "import sys; from accelgui.gui.application import run_window; sys.exit(run_window())"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as process:
        _wait_for_a_child(process.pid)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"Traceback" not in errors


def _wait_for_a_child(pid: int) -> None:
    """The first agent is started after the window is shown."""
    process = psutil.Process(pid)
    deadline_s = time.monotonic() + 30
    while not process.children():
        assert process.status() != psutil.STATUS_ZOMBIE
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
