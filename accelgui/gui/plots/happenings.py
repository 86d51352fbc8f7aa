"""What happened, behind the curves: spans in which something held, and moments with a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTransform

from accelgui.gui import fonts
from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_BAND_ALPHA = 150
_TEXT_GAP_PX = 4.0
# A band of a moment is still to be seen.
_THINNEST_PX = 2.0
# No name is narrower.
_NARROWEST_TEXT_PX = 24.0


@dataclass(frozen=True)
class Band:
    """From `start_s` to `end_s` on the axis; `text` stands in it where there is room."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Moment:
    """A line at a moment of the axis, with its name."""

    time_s: float
    text: str
    role: Role = Role.MUTED


class Happenings(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no types.
    """Bands over the height of a plot, and lines with names at its top."""

    def __init__(self) -> None:
        super().__init__()
        self._bands: tuple[Band, ...] = ()
        self._moments: tuple[Moment, ...] = ()
        self._ends_s: NDArray[np.float64] = np.empty((0, 2))
        self.shows_names = True
        self.setZValue(-500)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands that are drawn."""
        return self._bands

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments that are drawn."""
        return self._moments

    def show(self, bands: Sequence[Band], moments: Sequence[Moment]) -> None:
        """Draw these, and nothing else."""
        if (tuple(bands), tuple(moments)) != (self._bands, self._moments):
            self._bands, self._moments = tuple(bands), tuple(moments)
            ends_s = [(band.start_s, band.end_s) for band in self._bands]
            self._ends_s = np.array(ends_s).reshape(-1, 2)
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the area of the plot."""
        rect = self.viewRect()
        return QRectF() if rect is None else rect

    def viewRangeChanged(self) -> None:
        """Take the new area."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, _option: Any, _widget: Any = None) -> None:
        """Draw bands, then moments, in pixels, so that texts are not stretched."""
        to_pixels = painter.worldTransform()
        area = to_pixels.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        painter.setClipRect(area)
        painter.setFont(fonts.scaled(0.8))
        self._paint_bands(painter, area, to_pixels)
        free_px = area.left()
        for moment in self._moments:
            x = to_pixels.map(QPointF(moment.time_s, 0.0)).x()
            if area.left() <= x <= area.right():
                free_px = self._paint_moment(painter, area, x, moment, free_px)
        painter.restore()

    def _paint_bands(self, painter: QPainter, area: QRectF, to_pixels: QTransform) -> None:
        ends = self._ends_s * to_pixels.m11() + to_pixels.dx()
        ends[:, 1] = np.maximum(ends[:, 1], ends[:, 0] + _THINNEST_PX)
        ends = np.clip(ends, area.left(), area.right())
        color = theme.surface(Role.WARNING)
        color.setAlpha(_BAND_ALPHA if theme.is_dark else 255)
        for left, right in _union(ends):
            painter.fillRect(QRectF(left, area.top(), right - left, area.height()), color)
        if not self.shows_names:
            return
        painter.setPen(theme.color(Role.WARNING))
        metrics = QFontMetricsF(painter.font())
        for place in np.flatnonzero(ends[:, 1] - ends[:, 0] > _NARROWEST_TEXT_PX):
            text, (left, right) = self._bands[place].text, ends[place]
            room = QRectF(left, area.top(), right - left, area.height())
            room.adjust(_TEXT_GAP_PX, 1, -_TEXT_GAP_PX, -1)
            if metrics.horizontalAdvance(text) < room.width():
                at = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
                painter.drawText(room, at, text)

    def _paint_moment(
        self, painter: QPainter, area: QRectF, x: float, moment: Moment, free_px: float
    ) -> float:
        """Draw a line, and its name where that of the one before leaves room."""
        text, is_quiet = moment.text, moment.role is Role.MUTED
        color = theme.color(Role.BORDER_STRONG if is_quiet else moment.role)
        pen = QPen(color, 1.0, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * _TEXT_GAP_PX
        if not self.shows_names or x < free_px or x + width > area.right():
            return free_px
        painter.setPen(theme.color(moment.role))
        room = QRectF(x + _TEXT_GAP_PX, area.top(), width, area.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
        return x + width


def _union(ends: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """Yield the parts that the intervals, shape [n, 2], cover together: a few, however many."""
    ends = ends[ends[:, 1] > ends[:, 0]]
    if not len(ends):
        return
    ends = ends[np.argsort(ends[:, 0])]
    reach = np.maximum.accumulate(ends[:, 1])
    firsts = np.flatnonzero(np.append(True, ends[1:, 0] > reach[:-1]))
    lasts = np.append(firsts[1:], len(ends)) - 1
    yield from zip(ends[firsts, 0].tolist(), reach[lasts].tolist(), strict=True)
