"""A line that says which mark is which number format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.error_points import number_of
from accelgui.gui.plots.style import mark_of, paint_mark
from accelgui.gui.theme import Role, theme
from accelgui.words import _
from accelgui.words.precision import dtype_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QPaintEvent

_HEIGHT_PX = 22
_RADIUS_PX = 4.5
_GAP_PX = 6.0
_BETWEEN_PX = 18.0


class MarksLine(QWidget):
    """Formats with their marks, then what a hollow mark and a cross mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dtypes: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT_PX)

    def show_dtypes(self, dtypes: Sequence[str]) -> None:
        """Show these formats."""
        if tuple(dtypes) != self._dtypes:
            self._dtypes = tuple(dtypes)
            self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setAccessibleName(", ".join(dtype_name(dtype) for dtype in self._dtypes))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - One line, drawn whole.
        painter = QPainter(self)
        painter.setFont(fonts.scaled(0.9))
        x = 0.0
        for dtype in self._dtypes:
            x = self._draw(painter, x, dtype_name(dtype), _mark(number_of(dtype)))
        if self._dtypes:
            x = self._draw(painter, x, _("hollow: every bit right"), _hollow)
            self._draw(painter, x, _("failed"), _cross)
        painter.end()

    def _draw(
        self, painter: QPainter, x: float, text: str, mark: Callable[[QPainter, QPointF], None]
    ) -> float:
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        if x + width + _BETWEEN_PX > self.width():
            return x
        mark(painter, QPointF(x + _RADIUS_PX + 1, self.height() / 2))
        x += 2 * _RADIUS_PX + _GAP_PX
        painter.setPen(theme.color(Role.MUTED))
        rect = QRectF(x, 0, width + 2, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return x + width + _BETWEEN_PX


def _mark(number: int) -> Callable[[QPainter, QPointF], None]:
    return lambda painter, at: paint_mark(
        painter, at, _RADIUS_PX, mark_of(number), theme.series_color(number)
    )


def _hollow(painter: QPainter, at: QPointF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(Role.MUTED), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, _RADIUS_PX - 0.5, _RADIUS_PX - 0.5)


def _cross(painter: QPainter, at: QPointF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(Role.BAD), 2.0))
    reach = _RADIUS_PX - 1
    painter.drawLine(at + QPointF(-reach, -reach), at + QPointF(reach, reach))
    painter.drawLine(at + QPointF(-reach, reach), at + QPointF(reach, -reach))
