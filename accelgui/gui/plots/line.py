"""A line through points, drawn in pixels and with no more effort than can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Antialiasing costs three times as much, by the length of the line. A line this many times longer
# than the plot is wide goes up and down in every pixel or so, where it makes nothing smoother.
_LONG = 6.0
# Qt's rasterizer is exact up to coordinates of 15 bits; what lies this far outside is not seen.
_FAR_PX = 16_000.0


class Line(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no types.
    """Joins points that have values; a gap (NaN) parts them, a point between two gaps is a dot.

    pyqtgraph's own curve asks each point for its bounds, twice a picture, and always antialiases:
    a day of six GPUs took it 18 ms.
    """

    def __init__(self) -> None:
        super().__init__()
        self._times: NDArray[np.float64] = np.empty(0)
        self._values: NDArray[np.float64] = np.empty(0)
        self._pieces: tuple[slice, ...] = ()
        self._pen = QPen()

    @property
    def pen(self) -> QPen:
        """What it is drawn with."""
        return self._pen

    def set_pen(self, pen: QPen) -> None:
        """Draw with this pen, whose width counts in pixels."""
        self._pen = pen
        self.update()

    def set_points(self, times: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Draw a line through these points, both of shape [n], times ascending."""
        self._times, self._values = times, values
        self._pieces = _pieces(values)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the area of the plot: what is outside of it is not drawn."""
        rect = self.viewRect()
        return QRectF() if rect is None else rect

    def viewRangeChanged(self) -> None:
        """Take the new area."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, _option: Any, _widget: Any = None) -> None:
        """Draw the pieces in pixels, so that the pen is not stretched."""
        if not self._pieces:
            return
        to_pixels = painter.worldTransform()
        x = self._times * to_pixels.m11() + to_pixels.dx()
        y = np.clip(self._values * to_pixels.m22() + to_pixels.dy(), -_FAR_PX, _FAR_PX)
        width_px = to_pixels.mapRect(self.boundingRect()).width()
        is_long = float(np.nansum(np.abs(np.diff(y)))) > _LONG * width_px
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_long)
        painter.setPen(self._pen)
        for piece in self._pieces:
            if piece.stop - piece.start == 1:
                self._paint_dot(painter, x[piece.start], y[piece.start])
            else:
                painter.drawPolyline(pg.functions.arrayToQPolygonF(x[piece], y[piece]))
        painter.restore()

    def _paint_dot(self, painter: QPainter, x: float, y: float) -> None:
        pen = QPen(self._pen.color(), self._pen.widthF() + 1.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoint(QPointF(x, y))
        painter.setPen(self._pen)


def _pieces(values: NDArray[np.float64]) -> tuple[slice, ...]:
    """Return where the values without a gap between them begin and end."""
    known = np.isfinite(values)
    if known.all():
        return (slice(0, len(values)),) if len(values) else ()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return tuple(slice(int(a), int(b)) for a, b in edges.reshape(-1, 2))
