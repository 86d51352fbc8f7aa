"""*Open in TensorBoard*."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices

from accelgui.gui.bridge.board import Board
from accelgui.gui.event_files import EventFiles
from accelgui.gui.widgets import Button
from accelgui.words import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from accelgui.gui.session import Session
    from accelgui.runs.board import BoardEnding


class BoardButton(Button):
    """Starts TensorBoard on the window's runs and opens it in the browser.

    Signals: `opened(str)` with its address, `trouble(str)` with why there is none, "" when there
    is no trouble any more.
    """

    opened = Signal(str)
    trouble = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(kind="quiet", parent=parent)
        self._session = session
        self._files = EventFiles(session, self)
        self._board: Board | None = None
        self._url: str | None = None
        self.clicked.connect(self._open)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._say()

    def _open(self) -> None:
        if self._url is not None:
            self._show(self._url)
            return
        self._board = Board(self._files.folder, self._pythons(), self._session)
        self._board.served.connect(self._on_served)
        self._board.failed.connect(self._on_failed)
        self._board.finished.connect(self._on_finished)
        self._board.start()
        self._say()
        if self._files.problem is not None:
            text = _("The last run could not be written to {path}: {reason}")
            self.trouble.emit(text.format(path=self._files.folder, reason=self._files.problem))

    def _pythons(self) -> list[str]:
        """Return where to look for TensorBoard; ours may have it where the chosen one has not."""
        return list(dict.fromkeys((self._session.python, sys.executable)))

    def _on_served(self, url: str) -> None:
        self._url = url
        self._say()
        self._show(url)

    def _on_failed(self, ending: BoardEnding) -> None:
        if ending.is_not_installed:
            command = f"{shlex.quote(self._session.python)} -m pip install tensorboard"
            text = _("TensorBoard is not installed. This adds it: {command}")
            self.trouble.emit(text.format(command=command))
        else:
            text = _("TensorBoard ended: {message}")
            self.trouble.emit(text.format(message=ending.message or _("it said nothing")))

    def _on_finished(self) -> None:
        if self._board is not None:
            self._board.deleteLater()
        self._board = self._url = None
        self._say()

    def _show(self, url: str) -> None:
        self.opened.emit(url)
        if QDesktopServices.openUrl(QUrl(url)):
            self.trouble.emit("")
        else:
            text = _("No browser could be opened. TensorBoard is at {url} on this machine.")
            self.trouble.emit(text.format(url=url))

    def _say(self) -> None:
        is_starting = self._board is not None and self._url is None
        self.setText(_("Starting TensorBoard") if is_starting else _("TensorBoard"))
        self.setEnabled(not is_starting)
        self.explain(_("Open all runs of this window in TensorBoard"))
