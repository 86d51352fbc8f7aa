"""Beside the pointer: the values of all curves of a plot, where its line has no room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.style import mark_of, paint_mark, track_color
from accelgui.gui.theme import SPACE, Role, theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QColor, QFont

    from accelgui.gui.plots.legend import Reading

_MARK_PX = 4.0
_ROUND_PX = 8.0
_BETWEEN_PX = 2.0 * SPACE


class ReadingCard(QWidget):
    """A row for each run, a column for each track; never in the way of the pointer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readings: tuple[Reading, ...] = ()
        self._names: Mapping[int, str] = {}
        self.hide()

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What is shown: name and values of each run, "" for a track that it has not."""
        columns = [dict(reading.values) for reading in self._readings]
        return [
            (self._names.get(number, ""), *(column.get(number, "") for column in columns))
            for number in self._numbers
        ]

    @property
    def _numbers(self) -> list[int]:
        return sorted({number for reading in self._readings for number, _text in reading.values})

    def show_readings(self, readings: tuple[Reading, ...], names: Mapping[int, str]) -> None:
        """Show these, with the names of the runs by their numbers; () hides the card."""
        self._readings, self._names = readings, names
        if readings:
            # The last column needs no room behind it, but the edges do.
            self.resize(round(sum(self._widths()) - _BETWEEN_PX + 2 * SPACE), self._height())
            self.raise_()
        self.setVisible(bool(readings))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Drawn whole.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_font())
        painter.setPen(QPen(theme.color(Role.BORDER_STRONG), 1.0))
        painter.setBrush(theme.color(Role.SURFACE))
        edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, _ROUND_PX, _ROUND_PX)
        widths, y = self._widths(), SPACE / 2
        if self._has_head():
            titles = ("", *(reading.track.title() for reading in self._readings))
            self._paint_row(painter, y, widths, titles, theme.color(Role.MUTED))
            y += self._row_px()
        for number, row in zip(self._numbers, self.rows, strict=True):
            at = QPointF(SPACE + _MARK_PX, y + self._row_px() / 2)
            color = track_color(number, self._readings[0].track)
            paint_mark(painter, at, _MARK_PX, mark_of(number), color)
            self._paint_row(painter, y, widths, row, theme.color(Role.TEXT))
            y += self._row_px()
        painter.end()

    def _paint_row(
        self,
        painter: QPainter,
        y: float,
        widths: list[float],
        texts: tuple[str, ...],
        color: QColor,
    ) -> None:
        painter.setPen(color)
        x = SPACE + 2 * _MARK_PX + SPACE / 2
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        for column, (text, width) in enumerate(zip(texts, widths[1:], strict=True)):
            room = QRectF(x, y, width - _BETWEEN_PX, self._row_px())
            side = right if column else left
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
            x += width

    def _widths(self) -> list[float]:
        """Return the widths of marks, names and tracks, each with the room behind it."""
        metrics = QFontMetricsF(_font())
        rows = self.rows
        titles = [reading.track.title() if self._has_head() else "" for reading in self._readings]
        columns = zip(*[("", *titles), *rows], strict=True)
        texts = [max(metrics.horizontalAdvance(text) for text in column) for column in columns]
        return [2 * _MARK_PX + SPACE / 2, *(width + _BETWEEN_PX for width in texts)]

    def _height(self) -> int:
        return round((len(self.rows) + self._has_head()) * self._row_px() + SPACE)

    def _has_head(self) -> bool:
        return len(self._readings) > 1

    @staticmethod
    def _row_px() -> float:
        return QFontMetricsF(_font()).height() + 3


def _font() -> QFont:
    return fonts.with_tabular_figures(fonts.scaled(0.9))
