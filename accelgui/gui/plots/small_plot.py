"""What small pictures beside a text have in common: a title below, colours of the scheme."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui.theme import SPACE, Role, theme

_HEIGHT_PX = 190


class SmallPlot(QWidget):
    """A picture that is painted as a whole, with `caption` below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(220)
        self.setFixedHeight(_HEIGHT_PX)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT_PX)

    def describe(self, caption: str, words: str) -> None:
        """Set the line below, and what is read out in place of the picture."""
        self.caption = caption
        self.setAccessibleName(caption)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Painted as a whole.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        painter.setPen(theme.color(Role.MUTED))
        below = QRectF(0, self.height() - line, self.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.caption)
        self.paint(painter, QRectF(0, 0, self.width(), self.height() - line - SPACE / 2))
        painter.end()

    @abstractmethod
    def paint(self, painter: QPainter, room: QRectF) -> None:
        """Paint into `room`."""
