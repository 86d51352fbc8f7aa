"""How far training moves away from float64, on the device and on the CPU."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QPolygonF

from accelgui.gui.plots.small_plot import SmallPlot
from accelgui.gui.theme import Role, theme
from accelgui.words import _

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from accelgui.model.precision import Drift

_SMALLEST, _LARGEST = 1e-9, 1e3


class DriftPlot(SmallPlot):
    """Two lines on a logarithmic axis: the device's in full, that of the CPU in dashes."""

    def __init__(self) -> None:
        super().__init__()
        self._drift: Drift | None = None

    def show_drift(self, drift: Drift, words: str) -> None:
        """Show another drift; `words` says what it means."""
        self._drift = drift
        self.describe(_("Distance from float64 over 300 steps; dashed: the CPU in float32"), words)

    def paint(self, painter: QPainter, room: QRectF) -> None:
        drift = self._drift
        if drift is None or not drift.steps:
            return
        values = [_kept(x) for x in (*drift.cpu_distances, *drift.device_distances)]
        low = math.floor(math.log10(min(values)))
        high = max(math.ceil(math.log10(max(values))), low + 1)
        margin = self.fontMetrics().horizontalAdvance("10⁻⁹") + 8
        field = room.adjusted(margin, 8, -4, -4)
        painter.setPen(theme.color(Role.MUTED))
        for power in range(low, high + 1):
            y = _height(field, 10.0**power, low, high)
            painter.setPen(theme.color(Role.BORDER))
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
            painter.setPen(theme.color(Role.MUTED))
            label = QRectF(0, y - 10, margin - 8, 20)
            is_shown = high - low <= 6 or (power - low) % 2 == 0
            painter.drawText(
                label,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                f"1e{power}" if is_shown else "",
            )
        last = drift.steps[-1]
        for distances, role, style in (
            (drift.cpu_distances, Role.MUTED, Qt.PenStyle.DashLine),
            (drift.device_distances, Role.ACCENT, Qt.PenStyle.SolidLine),
        ):
            painter.setPen(QPen(theme.color(role), 2, style))
            painter.drawPolyline(
                QPolygonF([
                    QPointF(
                        field.left() + field.width() * step / last,
                        _height(field, _kept(distance), low, high),
                    )
                    for step, distance in zip(drift.steps, distances, strict=False)
                ])
            )


def _kept(value: float) -> float:
    return min(max(value, _SMALLEST), _LARGEST)


def _height(field: QRectF, value: float, low: int, high: int) -> float:
    return field.bottom() - field.height() * (math.log10(value) - low) / (high - low)
