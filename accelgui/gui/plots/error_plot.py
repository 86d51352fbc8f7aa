"""Error ÷ bound of every row of a precision check, a line for each operation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QToolTip

from accelgui.gui import fonts
from accelgui.gui.plots import error_points
from accelgui.gui.plots.error_points import END, FLOOR, HIGHEST, LOWEST, ErrorPoint
from accelgui.gui.plots.style import mark_of
from accelgui.gui.theme import Role, theme
from accelgui.words import _
from accelgui.words.precision import operation_name, row_title
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QWheelEvent

    from accelgui.model.precision_events import PrecisionRow

_REDRAW_MS = 100
_MARK_PX = 9
_RING_PX = 17
_REACH_PX = 12.0
_LINE_PX = 30
# From the outermost line to the edge, in lines: its outermost marks are whole.
_EDGE = 0.62


class ErrorPlot(pg.PlotWidget):  # type: ignore[misc] # pyqtgraph has no types.
    """Dots on a log axis; the line at 1 is the bound.

    Filled: a measured error. Hollow, at the left end: every bit right. A cross: failed.
    `row_chosen(int)` gives the number of the row whose dot was clicked.
    """

    row_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self._points: list[ErrorPoint] = []
        self._rows: Sequence[PrecisionRow] = ()
        self._chosen: int | None = None
        self._names: list[str] = []
        self._looks: dict[tuple[int, bool, bool], dict[str, Any]] = {}
        self._timer = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._timer.timeout.connect(self.redraw)
        self._build()
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def _build(self) -> None:
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.setMouseTracking(True)
        self.plotItem.layout.setContentsMargins(0, 6, 18, 3)
        self._allowed = pg.LinearRegionItem((FLOOR - 1, 0.0), movable=False)
        self._bound = pg.InfiniteLine(0.0, angle=90)
        self._marks = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._ring = pg.ScatterPlotItem(pxMode=True, antialias=True, size=_RING_PX, symbol="o")
        for item in (self._allowed, self._bound, self._marks, self._ring):
            self.addItem(item, ignoreBounds=True)
        self.setXRange(FLOOR - 0.3, END + 0.3, padding=0)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=False)
            axis.setZValue(-1000)
        self.getAxis("bottom").setHeight(24)

    def sync(self, rows: Sequence[PrecisionRow]) -> None:
        """Show these rows soon."""
        self._rows = rows
        # Not started anew: rows that come faster than the interval would put it off for ever.
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def choose(self, number: int | None) -> None:
        """Draw a ring around the dot of a row."""
        self._chosen = number
        self._draw_ring()

    @property
    def drawn_points(self) -> tuple[ErrorPoint, ...]:
        """The dots as they were drawn last."""
        return tuple(self._points)

    @property
    def chosen(self) -> int | None:
        """The number of the row with the ring."""
        return self._chosen

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setAccessibleName(_("Error divided by its bound, for each operation"))
        self.redraw()

    def redraw(self) -> None:
        """Draw all dots."""
        self._timer.stop()
        self._points = error_points.points(self._rows)
        self._label_axes()
        self._marks.setData([self._spot(point) for point in self._points])
        self._draw_ring()

    def sizeHint(self) -> QSize:
        # The size that a plain graphics view asks for has nothing to do with what is in it.
        return QSize(320, self.minimumHeight())

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        if len(self._points) != len(self._rows):
            self._timer.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Nothing to zoom: the page scrolls.
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._nearest(event.position())
        self.viewport().setCursor(
            Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
        )
        text = "" if number is None else _tip(self._points[number])
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._nearest(event.position())
        if event.button() is Qt.MouseButton.LeftButton and number is not None:
            self.row_chosen.emit(number)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def position_of(self, number: int) -> QPointF:
        """Return where the dot of a row is, in pixels of this widget."""
        point = self._points[number]
        scene = self.plotItem.vb.mapViewToScene(QPointF(point.x, point.y))
        return QPointF(self.mapFromScene(scene))

    def _nearest(self, position: QPointF) -> int | None:
        best, number = _REACH_PX, None
        for candidate in range(len(self._points)):
            away = self.position_of(candidate) - position
            distance = math.hypot(away.x(), away.y())
            if distance < best:
                best, number = distance, candidate
        return number

    def _label_axes(self) -> None:
        names = [operation_name(operation) for operation in error_points.operations(self._rows)]
        if names == self._names:
            return
        self._names = names
        self.getAxis("left").setTicks([[(-line, name) for line, name in enumerate(names)]])
        powers = range(math.ceil(LOWEST), math.floor(HIGHEST) + 1)
        ticks = [(float(power), number_text(10.0**power, 1)) for power in powers]
        self.getAxis("bottom").setTicks([[(FLOOR, "0"), *ticks, (END, "∞")]])
        metrics = QFontMetricsF(fonts.scaled(0.9))
        widest = max((metrics.horizontalAdvance(name) for name in names), default=60.0)
        self.getAxis("left").setWidth(round(widest) + 14)
        lines = max(len(names), 1)
        self.setYRange(-lines + 1 - _EDGE, _EDGE, padding=0)
        self.setMinimumHeight(_LINE_PX * lines + 36)

    def _spot(self, point: ErrorPoint) -> dict[str, Any]:
        key = (error_points.number_of(point.row.dtype), point.is_exact, point.is_wrong)
        # The same pens again: pyqtgraph paints a mark anew for each pen that it has not seen.
        if key not in self._looks:
            self._looks[key] = _look(*key)
        return {"pos": (point.x, point.y), **self._looks[key]}

    def _draw_ring(self) -> None:
        chosen = self._chosen
        if chosen is None or chosen >= len(self._points):
            self._ring.setData([])
            return
        point = self._points[chosen]
        self._ring.setData([{"pos": (point.x, point.y)}])

    def _follow_theme(self) -> None:
        self.setBackground(theme.color(Role.SURFACE))
        self._allowed.setBrush(pg.mkBrush(theme.color(Role.SUNKEN)))
        for line in self._allowed.lines:
            line.setPen(pg.mkPen(None))
        self._bound.setPen(pg.mkPen(theme.color(Role.MUTED), width=1.5))
        self._ring.setPen(pg.mkPen(theme.color(Role.TEXT), width=1.5))
        self._ring.setBrush(pg.mkBrush(None))
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(None))
            axis.setTickPen(pg.mkPen(theme.color(Role.BORDER)))
            axis.setTextPen(pg.mkPen(theme.color(Role.MUTED)))
            axis.setTickFont(fonts.scaled(0.9))
        self.getAxis("bottom").setGrid(255)
        self._looks.clear()
        self._names = []
        self.redraw()


def _look(number: int, is_hollow: bool, is_wrong: bool) -> dict[str, Any]:
    color = theme.color(Role.BAD) if is_wrong else theme.series_color(number)
    return {
        "symbol": "x" if is_wrong else mark_of(number),
        "size": _MARK_PX - is_hollow,
        "pen": pg.mkPen(color, width=1.5),
        "brush": pg.mkBrush(theme.color(Role.SURFACE) if is_hollow else color),
    }


def _tip(point: ErrorPoint) -> str:
    if point.row.ratio is None:
        return row_title(point.row)
    return _("{title}: {ratio} of its bound").format(
        title=row_title(point.row), ratio=number_text(point.row.ratio, 2)
    )
