"""Everything that the window needs, built and joined."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from accelgui import __version__
from accelgui.gui import defects, icons, language
from accelgui.gui.main_window import MainWindow
from accelgui.gui.session import Session
from accelgui.gui.theme import theme
from accelgui.settings import Settings

if TYPE_CHECKING:
    from types import FrameType


# The first picture does not wait for the history; no check ends this soon.
_HISTORY_AFTER_MS = 300


def run_window(
    python: str | None = None, language_asked: str | None = None, replay: str | None = None
) -> int:
    """Show the window until it is closed; returns the exit code.

    `python` and `language_asked` hold for this window and are not kept as settings. `replay` is a
    recording to show.
    """
    application = _build_application()
    reporter = defects.install()
    settings = Settings.load()
    language.speak(language_asked or settings.language)
    theme.install(application, settings.appearance)
    session = Session(settings, python)
    window = MainWindow(session)
    reporter.show_over(window)
    interrupts = Interrupts(application)
    interrupts.arrived.connect(window.close)
    window.show()
    session.start()
    QTimer.singleShot(_HISTORY_AFTER_MS, session.keep_history)
    QTimer.singleShot(_HISTORY_AFTER_MS, session.serve_metrics)
    if replay is not None:
        window.replay(Path(replay))
    try:
        return application.exec()
    finally:
        session.close()
        interrupts.remove()
        reporter.remove()


def _build_application() -> QApplication:
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("accelgui")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("accelgui")
    application.setWindowIcon(icons.application_icon())
    return application


class Interrupts(QObject):
    """Ctrl-C in the terminal, or a polite kill, as a signal; without waking up to look for it."""

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)
        signal.set_wakeup_fd(self._theirs.fileno())
        self._before = {
            number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)
        }

    def _on_activated(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._ours.recv(64)
        self.arrived.emit()

    def remove(self) -> None:
        """Give the signals back."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._ours.close()
        self._theirs.close()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The wakeup descriptor tells the window; the handler only has to be there."""
