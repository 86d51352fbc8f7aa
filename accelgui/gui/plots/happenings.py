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
# Moments of the same kind as close as this are one line: a cloud of them says no more.
_CLOSE_PX = 5.0
_GROUND_ALPHA = 215
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


class _Layer(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no types.
    """Something over the whole area of a plot, painted in pixels so that texts keep their shape."""

    def boundingRect(self) -> QRectF:
        """Return the area of the plot."""
        rect = self.viewRect()
        return QRectF() if rect is None else rect

    def viewRangeChanged(self) -> None:
        """Take the new area."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, _option: Any, _widget: Any = None) -> None:
        """Draw in pixels."""
        to_pixels = painter.worldTransform()
        area = to_pixels.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        painter.setClipRect(area)
        painter.setFont(fonts.scaled(0.8))
        self._paint(painter, area, to_pixels)
        painter.restore()

    def _paint(self, painter: QPainter, area: QRectF, to_pixels: QTransform) -> None:
        raise NotImplementedError


class Happenings(_Layer):
    """Bands over the height of a plot; `front` has lines with names, to be added as well."""

    def __init__(self) -> None:
        super().__init__()
        self.front = _Moments()
        self._bands: tuple[Band, ...] = ()
        self._ends_s: NDArray[np.float64] = np.empty((0, 2))
        self.setZValue(-500)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands that are drawn."""
        return self._bands

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments that are drawn."""
        return self.front.moments

    def show(self, bands: Sequence[Band], moments: Sequence[Moment]) -> None:
        """Draw these, and nothing else."""
        if tuple(bands) != self._bands:
            self._bands = tuple(bands)
            ends_s = [(band.start_s, band.end_s) for band in self._bands]
            self._ends_s = np.array(ends_s).reshape(-1, 2)
            self.update()
        self.front.show(tuple(moments))

    def _paint(self, painter: QPainter, area: QRectF, to_pixels: QTransform) -> None:
        ends = self._ends_s * to_pixels.m11() + to_pixels.dx()
        ends[:, 1] = np.maximum(ends[:, 1], ends[:, 0] + _THINNEST_PX)
        ends = np.clip(ends, area.left(), area.right())
        color = theme.surface(Role.WARNING)
        color.setAlpha(_BAND_ALPHA if theme.is_dark else 255)
        for left, right in _union(ends):
            painter.fillRect(QRectF(left, area.top(), right - left, area.height()), color)
        painter.setPen(theme.color(Role.WARNING))
        metrics = QFontMetricsF(painter.font())
        for place in np.flatnonzero(ends[:, 1] - ends[:, 0] > _NARROWEST_TEXT_PX):
            text, (left, right) = self._bands[place].text, ends[place]
            room = QRectF(left, area.top(), right - left, area.height())
            room.adjust(_TEXT_GAP_PX, 1, -_TEXT_GAP_PX, -1)
            if metrics.horizontalAdvance(text) < room.width():
                at = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
                painter.drawText(room, at, text)


class _Moments(_Layer):
    """Lines, and their names at the top, in front of the curves."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: tuple[Moment, ...] = ()
        self.shows_names = True
        self.setZValue(20)

    def show(self, moments: tuple[Moment, ...]) -> None:
        """Draw these."""
        if moments != self.moments:
            self.moments = moments
            self.update()

    def _paint(self, painter: QPainter, area: QRectF, to_pixels: QTransform) -> None:
        seen: list[tuple[float, Moment]] = []
        last_px = float("-inf")
        for moment in self.moments:
            x = moment.time_s * to_pixels.m11() + to_pixels.dx()
            is_alone = x - last_px >= _CLOSE_PX or moment.role is not Role.MUTED
            if area.left() <= x <= area.right() and is_alone:
                seen.append((x, moment))
                last_px = x
        for x, moment in seen:
            role = Role.BORDER_STRONG if moment.role is Role.MUTED else moment.role
            painter.setPen(QPen(theme.color(role), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self.shows_names:
            self._paint_names(painter, area, seen)

    def _paint_names(
        self, painter: QPainter, area: QRectF, seen: list[tuple[float, Moment]]
    ) -> None:
        """Write names where there is room, of what matters first."""
        metrics = QFontMetricsF(painter.font())
        taken: list[QRectF] = []
        for x, moment in sorted(seen, key=lambda place: place[1].role is Role.MUTED):
            width = metrics.horizontalAdvance(moment.text) + 2 * _TEXT_GAP_PX
            room = QRectF(x, area.top(), width, metrics.height())
            if room.right() <= area.right() and not any(room.intersects(rect) for rect in taken):
                self._paint_name(painter, room, moment)
                taken.append(room)

    def _paint_name(self, painter: QPainter, room: QRectF, moment: Moment) -> None:
        ground = theme.color(Role.SURFACE)
        ground.setAlpha(_GROUND_ALPHA)
        painter.fillRect(room.adjusted(1, 0, 0, 0), ground)
        painter.setPen(theme.color(moment.role))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, moment.text)


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
