"""Where a log is pasted or dropped, and where the lines that show a cause are marked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from accelgui.gui import fonts
from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

# More than this is read from the file, not shown: a text widget lays out every line.
SHOWN_AT_MOST_BYTES = 4 << 20


class LogInput(QPlainTextEdit):
    """Plain text, never markup; `file_dropped(str)` with the path of a file."""

    file_dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "log")
        self.setFont(fonts.monospace())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(True)

    def show_file(self, path: str) -> bool:
        """Show a file's text where it is not too long; say whether it is shown."""
        file = Path(path)
        if file.stat().st_size > SHOWN_AT_MOST_BYTES:
            return False
        data = file.read_bytes()
        encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
        # Lines are counted by "\n" alone, here as in the evidence.
        text = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", " ")
        self.setPlainText(text.replace("\x00", ""))
        return True

    def mark(self, numbers: list[int]) -> None:
        """Mark lines, numbered from 1."""
        colour = QColor(theme.color(Role.ACCENT))
        colour.setAlpha(48)
        marks = []
        for number in sorted(set(numbers)):
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
        else:
            self.insertPlainText(source.text())

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
