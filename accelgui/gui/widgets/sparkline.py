"""The last minute of one value, small and without axes."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_POINTS = 60
_HEIGHT = 28


class Sparkline(QWidget):
    """A line from old (left) to new (right) between 0 and `top`; None leaves a gap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: deque[float | None] = deque(maxlen=_POINTS)
        self._top = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(96, _HEIGHT)

    def add(self, value: float | None, top: float) -> None:
        """Add the newest value; `top` is the value at the upper edge."""
        self.values.append(value)
        self._top = max(top, 1e-9)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = self.height() - 1.0
        painter.setPen(QPen(theme.color(Role.BORDER), 1))
        painter.drawLine(QPointF(0, base), QPointF(self.width(), base))
        ground = theme.color(Role.ACCENT)
        ground.setAlpha(38)
        for before, after in pairwise(self._points()):
            if before is None or after is None:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            feet = [QPointF(after.x(), base), QPointF(before.x(), base)]
            painter.drawPolygon(QPolygonF([before, after, *feet]))
            painter.setPen(QPen(theme.color(Role.ACCENT), 1.5))
            painter.drawLine(before, after)
        painter.end()

    def _points(self) -> list[QPointF | None]:
        step = self.width() / (_POINTS - 1)
        start = self.width() - step * (len(self.values) - 1)
        room = self.height() - 3.0
        return [
            None
            if value is None
            else QPointF(start + number * step, 1.5 + room * (1 - min(value / self._top, 1.0)))
            for number, value in enumerate(self.values)
        ]
