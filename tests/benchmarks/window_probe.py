"""A real window whose own timer tells how long it does not answer."""

from __future__ import annotations

import os
import subprocess
import time

import numpy as np
import pairs

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from accelgui.gui.main_window import MainWindow
from accelgui.gui.session import Session
from accelgui.gui.theme import theme
from accelgui.settings import Settings

if TYPE_CHECKING:
    from accelgui.runs.launch import AgentCommand

TICK_MS = 10
P99_TARGET_MS, MAXIMUM_TARGET_MS = 20.0, 50.0
_SETTLE_S = 3.0


class Probe:
    """Notes the time between ticks, in milliseconds."""

    def __init__(self) -> None:
        self._times_s: list[tuple[float, float]] = []
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
        self._timer.timeout.connect(self._note)

    def _note(self) -> None:
        self._times_s.append((time.perf_counter(), time.thread_time()))

    def during(self, wait: object) -> np.ndarray:
        """Return gaps and own work [ticks, 2] while `wait` waits."""
        self._times_s.clear()
        self._timer.start()
        wait()
        self._timer.stop()
        return 1000 * np.diff(self._times_s, axis=0)


class Bench:
    """The application with its window, its first check over."""

    def __init__(self) -> None:
        self._application = QApplication([])
        theme.install(self._application, "light")
        self.session = Session(Settings())
        self.window = MainWindow(self.session)
        self.window.show()
        self.session.start()
        wait(self.session.checking_changed, lambda: not self.session.is_checking)
        wait_s(_SETTLE_S)
        print(f"{pairs.machine()}; Qt platform {QGuiApplication.platformName()}")

    def wait_for_run(self) -> None:
        """Wait until the run under way has ended."""
        wait(self.session.run_changed, lambda: self.session.run_owner is None)

    def close(self) -> None:
        """End everything."""
        self.window.close()
        self.session.close()


def run_elsewhere(command: AgentCommand) -> None:
    """Let an agent work that nobody follows: what the machine's scheduler alone costs."""
    process = subprocess.Popen(
        command.arguments(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        wait_s(0.2)
    process.stdin.close()


def wait_s(seconds: float) -> None:
    """Let the window work for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait(signal: object, is_done: object) -> None:
    """Let the window work until `signal` comes and `is_done` says so."""
    while not is_done():
        loop = QEventLoop()
        connection = signal.connect(loop.quit)
        loop.exec()
        signal.disconnect(connection)


def report(name: str, gaps_and_work_ms: np.ndarray, *, is_judged: bool = False) -> None:
    """Print percentiles, and the verdict where there is one."""
    gaps_ms, work_ms = gaps_and_work_ms.T
    p99, longest = np.percentile(gaps_ms, 99), gaps_ms.max()
    verdict = ""
    if is_judged:
        met = p99 <= P99_TARGET_MS and longest <= MAXIMUM_TARGET_MS
        verdict = f"; target p99 ≤ {P99_TARGET_MS:g} ms, max ≤ {MAXIMUM_TARGET_MS:g} ms: "
        verdict += "met" if met else "missed"
    print(
        f"{name}: median {np.median(gaps_ms):.1f} ms, p99 {p99:.1f} ms, max {longest:.1f} ms,"
        f" {np.mean(gaps_ms > P99_TARGET_MS):.2%} above {P99_TARGET_MS:g} ms"
        f" ({len(gaps_ms)} ticks); own work p99 {np.percentile(work_ms, 99):.1f} ms,"
        f" max {work_ms.max():.1f} ms{verdict}",
        flush=True,
    )
