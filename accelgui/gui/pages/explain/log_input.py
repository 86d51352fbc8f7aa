"""Where a log is pasted or dropped, and where the lines that show a cause are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from accelgui.gui import fonts
from accelgui.gui.bridge.explainer import can_be_shown
from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent


class LogInput(QPlainTextEdit):
    """Plain text, never markup.

    `file_dropped(str)` with the path of a file; `long_text_given(str)` with a text that was pasted
    or dropped and is too long to be shown.
    """

    file_dropped = Signal(str)
    long_text_given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(fonts.monospace())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(True)

    def mark(self, numbers: list[int]) -> None:
        """Mark lines, numbered from 1."""
        colour = QColor(theme.color(Role.ACCENT))
        colour.setAlpha(48)
        marks = []
        # Of a log that is too long to be shown there is nothing to mark.
        for number in () if self.document().isEmpty() else sorted(set(numbers)):
            block = self.document().findBlockByNumber(number - 1)
            if block.isValid():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(block)
                mark.format.setBackground(colour)
                mark.format.setProperty(mark.format.Property.FullWidthSelection, True)
                marks.append(mark)
        self.setExtraSelections(marks)

    def go_to(self, number: int) -> None:
        """Show a line in the middle and select it."""
        block = self.document().findBlockByNumber(number - 1)
        if not block.isValid():
            return
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.centerCursor()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.minimum())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(_file_of(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if path := _file_of(source):
            self.file_dropped.emit(path)
        elif can_be_shown(text := source.text()):
            self.insertPlainText(text)
        else:
            self.long_text_given.emit(text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _file_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if _file_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _file_of(event.mimeData()):
            event.acceptProposedAction()
            self.file_dropped.emit(path)
        else:
            super().dropEvent(event)


def _file_of(data: QMimeData) -> str:
    """Return the path of the first local file, "" where there is none."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path), "")
