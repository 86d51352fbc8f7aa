"""Where in a result the errors are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from accelgui.gui.plots.small_plot import SmallPlot
from accelgui.gui.theme import Role, theme
from accelgui.model.precision import NOT_FINITE
from accelgui.words import _
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

# Errors from a quarter of a unit to this many go from pale to strong.
_PALE_ULP, _STRONG_ULP = 0.25, 1024.0


class HeatMap(SmallPlot):
    """A coarse grid over the result; a cell shows its largest error."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: tuple[tuple[float, ...], ...] = ()

    def show_cells(self, cells: tuple[tuple[float, ...], ...], shape: tuple[int, int]) -> None:
        """Show errors in ULP; `shape` is that of the whole result, laid flat."""
        self.cells = cells
        values = [value for row in cells for value in row]
        if NOT_FINITE in values:
            worst = _("Some elements are no numbers.")
        else:
            worst = _("Largest error: {error} units of the last digit.").format(
                error=number_text(max(values, default=0.0), 2)
            )
        caption = _("Where the errors are, {rows} × {columns}").format(
            rows=shape[0], columns=shape[1]
        )
        self.describe(caption, worst)

    def paint(self, painter: QPainter, room: QRectF) -> None:
        if not self.cells:
            return
        height = room.height() / len(self.cells)
        for y, row in enumerate(self.cells):
            width = room.width() / len(row)
            for x, value in enumerate(row):
                # Whole pixels, so that no seams show.
                left, top = round(x * width), round(y * height)
                right, bottom = round((x + 1) * width), round((y + 1) * height)
                painter.fillRect(left, top, right - left, bottom - top, _color(value))


def _color(value: float) -> QColor:
    if value == NOT_FINITE:
        return theme.color(Role.TEXT)
    ground, strong = theme.color(Role.SUNKEN), theme.color(Role.BAD)
    if value <= _PALE_ULP:
        return ground
    span = math.log(_STRONG_ULP / _PALE_ULP)
    share = min(1.0, math.log(value / _PALE_ULP) / span)
    return QColor.fromRgbF(
        ground.redF() + (strong.redF() - ground.redF()) * share,
        ground.greenF() + (strong.greenF() - ground.greenF()) * share,
        ground.blueF() + (strong.blueF() - ground.blueF()) * share,
    )
