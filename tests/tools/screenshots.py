"""Take pictures of the window.

    python tests/tools/screenshots.py FOLDER [--language zh_CN] [--appearance dark] [--made]

The pictures show this machine, looked at as a person would see it: the check runs to its end, the
training is started and watched for a while. With ``--made`` they show made machines instead: one
without a driver, one with eight GPUs. Without a display, run it under ``xvfb-run -a``, or let Qt
draw offscreen: ``QT_QPA_PLATFORM=offscreen``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from accelgui.gui import language
from accelgui.gui.main_window import MainWindow
from accelgui.gui.session import Session
from accelgui.gui.theme import theme
from accelgui.model.events import SampleTaken
from accelgui.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from made import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.snapshot import Snapshot

_SIZE = (1100, 720)
_CHECK_LIMIT_S = 240.0
_RUN_LIMIT_S = 240.0
_PAGES = ("overview", "devices", "precision", "training", "settings")
_MADE: dict[str, Callable[[], Snapshot]] = {
    "no-driver": snapshots.broken_driver,
    "one-gpu": snapshots.accelerated,
    "eight-gpus": lambda: snapshots.accelerated(8),
    "cpu-only": snapshots.cpu_only,
}


def main() -> int:
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    language.speak(arguments.language)
    theme.install(application, arguments.appearance)
    session = Session(Settings())
    window = MainWindow(session)
    window.resize(*_SIZE)
    window.show()
    # What lies under the pointer would be drawn as hovered; nothing does at the status line.
    QCursor.setPos(window.mapToGlobal(window.rect().bottomLeft()))
    try:
        if arguments.made:
            _picture_made(window, arguments.folder)
        else:
            _picture_this_machine(window, arguments.folder)
    finally:
        window.close()
        _settle()
    return 0


def _picture_made(window: MainWindow, folder: Path) -> None:
    for name, snapshot in _MADE.items():
        window.session._on_snapshot(snapshot())
        for tick in range(60):
            samples = snapshots.samples(snapshot(), tick)
            window.session._on_sampler_events([SampleTaken(sample) for sample in samples])
        for code in ("overview", "devices"):
            window.show_page(code)
            _take(window, folder / f"{name}-{code}.png")


def _picture_this_machine(window: MainWindow, folder: Path) -> None:
    session = window.session
    session.start()
    _wait(lambda: not session.is_checking, _CHECK_LIMIT_S)
    for code in _PAGES:
        window.show_page(code)
        _take(window, folder / f"{code}.png")
    for code in ("precision", "training"):
        window.start(code)
        _wait(lambda: session.run_owner is None, _RUN_LIMIT_S)
        _take(window, folder / f"{code}-done.png")


def _take(window: MainWindow, path: Path) -> None:
    _settle()
    if not window.grab().save(str(path)):
        sys.exit(f"{path} cannot be written")
    print(path)


def _wait(condition: Callable[[], bool], limit_s: float) -> None:
    deadline_s = time.monotonic() + limit_s
    while not condition() and time.monotonic() < deadline_s:
        QCoreApplication.processEvents()
        time.sleep(0.01)


def _settle() -> None:
    for _ in range(10):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--appearance", choices=["light", "dark"], default="light")
    parser.add_argument("--made", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
