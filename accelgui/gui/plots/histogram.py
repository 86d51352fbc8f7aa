"""How many elements are how far off, in units of the last place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from accelgui.gui.plots.small_plot import SmallPlot
from accelgui.gui.theme import Role, theme
from accelgui.model.precision import HISTOGRAM_EDGES_ULP
from accelgui.words import _
from accelgui.words.units import count_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

# From here on an error is more than rounding: sums of many terms come to some units.
_LARGE_ULP = 64.0


class Histogram(SmallPlot):
    """A bar for each range of errors; heights go with the logarithm, so that one is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: tuple[int, ...] = ()

    def show_counts(self, counts: tuple[int, ...]) -> None:
        """Show counts by HISTOGRAM_EDGES_ULP."""
        self.counts = counts
        told = [
            _("{range}: {count}").format(range=label, count=count_text(count))
            for label, count in zip(_labels(), counts, strict=False)
            if count
        ]
        self.describe(_("Error in units of the last digit"), "\n".join(told))

    def paint(self, painter: QPainter, room: QRectF) -> None:
        if not self.counts:
            return
        line = self.fontMetrics().height()
        width = room.width() / len(self.counts)
        tallest = math.log1p(max(self.counts)) or 1.0
        floor = room.bottom() - line
        for number, (count, label) in enumerate(zip(self.counts, _labels(), strict=False)):
            height = (floor - line) * math.log1p(count) / tallest
            bar = QRectF(number * width + 2, floor - height, width - 4, height)
            role = Role.BAD if _lower_edge(number) >= _LARGE_ULP else Role.ACCENT
            painter.fillRect(bar, theme.color(role))
            if number % 2 == 0:
                below = QRectF(number * width - width / 2, floor, 2 * width, line)
                painter.setPen(theme.color(Role.MUTED))
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, label)
        painter.setPen(theme.color(Role.BORDER_STRONG))
        painter.drawLine(QPointF(room.left(), floor), QPointF(room.right(), floor))


def _lower_edge(number: int) -> float:
    return HISTOGRAM_EDGES_ULP[number - 1] if number else 0.0


def _labels() -> list[str]:
    edges = [_short(edge) for edge in HISTOGRAM_EDGES_ULP]
    return ["0", *(f"≤{edge}" for edge in edges[1:]), f">{edges[-1]}"]


def _short(edge: float) -> str:
    if edge >= 1 << 20:
        return f"{edge / (1 << 20):g}M"
    return f"{edge / 1024:g}k" if edge >= 1024 else f"{edge:g}"
