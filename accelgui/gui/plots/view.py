"""The area of a plot that a hand can move: wheel zooms time, a drag moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

_ZOOM_PER_NOTCH = 1.25
_NOTCH = 120.0


class TimeView(pg.ViewBox):  # type: ignore[misc] # pyqtgraph has no types.
    """A ViewBox that asks for changes of range instead of making them.

    Signals: `zoom_asked(factor, centre_s)`, `pan_asked(shift_s)`, `value_zoom_asked(factor, y)`,
    `value_pan_asked(shift)`, `fit_asked()`, `menu_asked(QPoint)`.
    """

    zoom_asked = Signal(float, float)
    pan_asked = Signal(float)
    value_zoom_asked = Signal(float, float)
    value_pan_asked = Signal(float)
    fit_asked = Signal()
    menu_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom time around the pointer; over the left axis, the values."""
        ev.accept()
        factor = _ZOOM_PER_NOTCH ** (-ev.delta() / _NOTCH)
        at = self.mapSceneToView(ev.scenePos())
        if axis == 1:
            self.value_zoom_asked.emit(factor, at.y())
        else:
            self.zoom_asked.emit(factor, at.x())

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Move time with the pointer; on the left axis, the values."""
        ev.accept()
        if ev.button() == Qt.MouseButton.RightButton:
            return
        width_px, height_px = self.viewPixelSize()
        moved = ev.pos() - ev.lastPos()
        if axis == 1:
            self.value_pan_asked.emit(moved.y() * height_px)
        else:
            self.pan_asked.emit(-moved.x() * width_px)

    def mouseClickEvent(self, ev: Any) -> None:
        """Show everything on a double click; on a right click our menu, in the reader's words."""
        if ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            position: QPoint = ev.screenPos().toPoint()
            self.menu_asked.emit(position)
        elif ev.double():
            ev.accept()
            self.fit_asked.emit()
