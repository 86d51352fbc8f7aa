"""The last lines of a run's log, in place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from accelgui.gui import fonts
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.gui.widgets.label import Label
from accelgui.runs.logs import log_tail
from accelgui.words import _

_LINES = 200
_HEIGHT_PX = 208


class LogView(QFrame):
    """Shows the end of a log, copies it, opens the whole file; hidden until `show_log`.

    `closed` when a person closed it.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "well")
        self._path: Path | None = None
        self._title = Label(kind="strong", wraps=False)
        self._lines = QPlainTextEdit(readOnly=True)
        self._lines.setProperty("kind", "log")
        self._lines.setFont(fonts.monospace())
        self._open = Button(kind="quiet", icon="file-text")
        self._close = Button(kind="quiet", icon="x")
        bar = QHBoxLayout()
        bar.setSpacing(SPACE // 2)
        bar.addWidget(self._title, 1)
        bar.addWidget(CopyButton(self._lines.toPlainText))
        bar.addWidget(self._open)
        bar.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(bar)
        column.addWidget(self._lines)
        self.setFixedHeight(_HEIGHT_PX)
        self._open.clicked.connect(self._open_file)
        self._close.clicked.connect(self._on_close)
        self.retranslate()
        self.hide()

    @property
    def text(self) -> str:
        """The lines shown."""
        return self._lines.toPlainText()

    def show_log(self, path: str | None) -> None:
        """Show the last lines of a log."""
        self._path = Path(path) if path else None
        lines = log_tail(self._path)[-_LINES:]
        self._lines.setPlainText("\n".join(lines) or _("The log is empty."))
        self._open.setEnabled(self._path is not None and self._path.exists())
        self.show()
        bar = self._lines.verticalScrollBar()
        bar.setValue(bar.maximum())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._title.say(_("Log of the run"))
        self._open.setText(_("Open file"))
        self._close.explain(_("Close"))
        self._lines.setAccessibleName(_("Log of the run"))

    def _open_file(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))

    def _on_close(self) -> None:
        self.hide()
        self.closed.emit()
