"""Which mark is which number format, in one line where there is room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.error_points import number_of
from accelgui.gui.plots.style import mark_of, paint_mark
from accelgui.gui.theme import Role, theme
from accelgui.words import _, joining
from accelgui.words.precision import dtype_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    Mark = Callable[[QPainter, QPointF], None]

_HEIGHT_PX = 22
_RADIUS_PX = 4.5
_GAP_PX = 6.0
_BETWEEN_PX = 18.0
_AT_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class MarksLine(QWidget):
    """Formats with their marks, then what a hollow mark and a cross mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dtypes: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_dtypes(self, dtypes: Sequence[str]) -> None:
        """Show these formats."""
        if tuple(dtypes) != self._dtypes:
            self._dtypes = tuple(dtypes)
            self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setAccessibleName(joining.listed(dtype_name(dtype) for dtype in self._dtypes))
        self._fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Short, drawn whole.
        painter = QPainter(self)
        painter.setFont(fonts.scaled(0.9))
        for rect, text, mark in self._entries():
            mark(painter, QPointF(rect.left() + _RADIUS_PX + 1, rect.center().y()))
            painter.setPen(theme.color(Role.MUTED))
            words = rect.adjusted(2 * _RADIUS_PX + _GAP_PX, 0, 2, 0)
            painter.drawText(words, _AT_LEFT, text)
        painter.end()

    def _fit(self) -> None:
        bottom = max((rect.bottom() for rect, _text, _paint in self._entries()), default=_HEIGHT_PX)
        self.setFixedHeight(round(bottom))

    def _entries(self) -> Iterator[tuple[QRectF, str, Mark]]:
        """Yield where each mark with its words is, in as many lines as they take."""
        if not self._dtypes:
            return
        metrics = QFontMetricsF(fonts.scaled(0.9))
        x, y = 0.0, 0.0
        for text, mark in (
            *((dtype_name(dtype), _mark(number_of(dtype))) for dtype in self._dtypes),
            (_("hollow: every bit right"), _hollow),
            (_("failed"), _cross),
        ):
            width = 2 * _RADIUS_PX + _GAP_PX + metrics.horizontalAdvance(text)
            if x > 0 and x + width > self.width():
                x, y = 0.0, y + _HEIGHT_PX
            yield QRectF(x, y, width, _HEIGHT_PX), text, mark
            x += width + _BETWEEN_PX


def _mark(number: int) -> Mark:
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
