"""Take pictures of the window.

    python tests/tools/screenshots.py FOLDER [--language zh_CN] [--appearance dark]
                                             [--made | --monitor]

The pictures show this machine, looked at as a person would see it: the check runs to its end, the
training is started and watched for a while. With ``--made`` they show made machines instead: one
without a driver, one with eight GPUs; with ``--monitor`` the Monitor page with four stand-in GPUs
(an unpatched pynvml on a compiled stand-in for NVML). Without a display, run it under
``xvfb-run -a``, or let Qt draw offscreen: ``QT_QPA_PLATFORM=offscreen``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication

from accelgui.gui import language
from accelgui.gui.main_window import MainWindow
from accelgui.gui.pages.monitor import MonitorPage
from accelgui.gui.session import Session
from accelgui.gui.theme import theme
from accelgui.model.events import SampleTaken
from accelgui.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from made import snapshots
from standins.compiler import build_nvml
from standins.drivers import GIB, NvmlDriver, wave

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


_STANDIN = "ACCELGUI_STANDIN_FOLDER"
_GPUS = 4
# Colours that differ by less than this in each part are one.
_NEAR = 12


def main() -> int:
    arguments = _arguments()
    if arguments.monitor and _STANDIN not in os.environ:
        _begin_again_with_standin()
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
        elif arguments.monitor:
            _picture_monitor(window, arguments.folder)
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


def _begin_again_with_standin() -> None:
    """Become this program with the stand-in in its environment: a loader reads that at its start.

    The folder is left for the system to clear away, since nobody is there to do it.
    """
    folder = Path(tempfile.mkdtemp())
    nvml = NvmlDriver(build_nvml(folder), folder / "state")
    environment = {**os.environ, **nvml.environment, _STANDIN: str(folder)}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def _picture_monitor(window: MainWindow, folder: Path) -> None:
    """Show half a minute: a training on the CPU, one GPU at its power limit, one with a fault."""
    built = Path(os.environ[_STANDIN])
    nvml = NvmlDriver(built / "libnvidia-ml.so.1", built / "state")
    nvml.install_gpus(_GPUS, name="Stand-in GPU, no hardware")
    for gpu in range(_GPUS):
        busy = 9.0 + 4 * gpu
        nvml.set(
            gpu,
            utilization_gpu=wave(15 * gpu, 100 - 4 * gpu, busy),
            power_mw=wave(110_000 + 30_000 * gpu, 690_000 - 60_000 * gpu, busy),
            memory_used=wave((5 + 12 * gpu) * GIB, (20 + 25 * gpu) * GIB, 47 + 5 * gpu),
            **{
                "temperature.0": wave(42 + 2 * gpu, 66 + 3 * gpu, 43),
                "clock_mhz.1": wave(1500 - 60 * gpu, 1980, busy),
                "gpm.2": wave(10, 80 - 5 * gpu, busy),
                "gpm.5": wave(2, 55 - 8 * gpu, busy),
                "gpm.10": wave(5, 60 - 5 * gpu, busy),
            },
        )
    session = window.session
    session.start()
    _wait(lambda: not session.is_checking, _CHECK_LIMIT_S)
    page = window.show_page("monitor")
    assert isinstance(page, MonitorPage)
    for code in ("memory", "temperature"):  # Room for the clocks with their limits.
        page.quantities.boxes[code].setChecked(False)
    session.look_closely(0.1)
    _wait(lambda: False, 6.0)
    window.start("training")
    window.show_page("monitor")
    session.look_closely(0.1)
    _wait(lambda: session.run_owner is None, 12.0)
    nvml.set(0, clocks_event_reasons=4)
    _wait(lambda: False, 13.0)
    nvml.set(0, clocks_event_reasons=1)
    _wait(lambda: False, 3.0)
    nvml.report_xid(31, gpu=2)
    _wait(lambda: False, 8.0)
    _take(window, folder / "monitor.png")


def _take(window: MainWindow, path: Path) -> None:
    _settle()
    if not _of_few_colours(window.grab().toImage()).save(str(path)):
        sys.exit(f"{path} cannot be written")
    print(path)


def _of_few_colours(image: QImage) -> QImage:
    """Return the picture in 256 of its colours, far apart: as good to look at, half as large."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    often = np.argsort(-counts)
    colours, counts = colours[often], counts[often]
    parts = (colours[:, None] >> np.array([16, 8, 0], np.uint32)) & 0xFF
    _bins, firsts, places = np.unique(
        parts // _NEAR, axis=0, return_index=True, return_inverse=True
    )
    frequent = np.argsort(-np.bincount(places.reshape(-1), counts))[:256]
    table = colours[firsts[frequent]].tolist()
    return image.convertToFormat(
        QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.AvoidDither
    )


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
    parser.add_argument("--monitor", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
