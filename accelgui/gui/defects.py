"""Our own defects: into a log, and into a dialog that a person can copy."""

from __future__ import annotations

import platform
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from accelgui import __version__
from accelgui.gui import fonts
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.gui.widgets.label import Label
from accelgui.runs.logs import log_folder
from accelgui.words import _

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

# One defect in a slot that a timer calls would otherwise bury the window in dialogs.
_MOST_DIALOGS = 3


def install() -> DefectReporter:
    """Have every exception that nobody caught logged and shown, from whatever thread."""
    return DefectReporter()


class DefectReporter(QObject):
    """Takes `sys.excepthook` and `threading.excepthook` until `remove`."""

    _found = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.dialogs: list[DefectDialog] = []
        self._window: QWidget | None = None
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        self._found.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def show_over(self, window: QWidget) -> None:
        """Show dialogs over this window."""
        self._window = window

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._hooks

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        _log(details)
        self._found.emit(details)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    @Slot(str)
    def _show(self, details: str) -> None:
        if len(self.dialogs) < _MOST_DIALOGS:
            dialog = DefectDialog(details, self._window)
            self.dialogs.append(dialog)
            dialog.finished.connect(lambda _result: self.dialogs.remove(dialog))
            dialog.open()


class DefectDialog(QDialog):
    """Says that accelgui itself has failed, and hands out what a maintainer needs to know."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("A defect of accelgui"))
        self.details = _surroundings() + details
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(Label(_("Something in accelgui itself went wrong."), "heading"))
        column.addWidget(
            Label(
                _(
                    "Nothing is wrong with your machine because of it, and the window can be used"
                    " further. It is kept in {path}."
                ).format(path=log_path()),
                selectable=True,
            )
        )
        text = QPlainTextEdit(self.details)
        text.setReadOnly(True)
        text.setFont(fonts.monospace())
        column.addWidget(text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(CopyButton(lambda: self.details), QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(720, 420)


def log_path() -> Path:
    """Return where defects are kept."""
    return log_folder() / "defects.txt"


def _log(details: str) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    try:
        with log_path().open("a", encoding="utf-8") as log:
            log.write(f"{stamp}\n{_surroundings()}{details}\n")
    except OSError as error:
        sys.stderr.write(f"accelgui: {error}\n")


def _surroundings() -> str:
    return f"accelgui {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n"
