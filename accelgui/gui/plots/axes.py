"""Axes that say values with their units, at round places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg

from accelgui.gui.plots.ticks import (
    local_offset_s,
    multiples,
    round_step,
    time_step,
)
from accelgui.gui.theme import Role, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF

    from accelgui.gui.plots.quantities import Quantity

# Between two ticks, in pixels: close enough to read from, far enough to stay calm.
_VALUE_TICK_PX = 24
TIME_TICK_PX = 84

_GRID_ALPHA = 255

# Half a text of a tick may stand beyond the end of the axis.
_TEXT_MARGIN_PX = 24


class _Axis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph has no types.
    """Fine grid lines and quiet texts, in the colours of the theme."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLevel=0, tickLength=0, tickTextOffset=6)
        self.setStyle(hideOverlappingLabels=False, autoExpandTextSpace=False)
        self.setGrid(_GRID_ALPHA)
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take the colours of the scheme in force."""
        self.setPen(pg.mkPen(None))
        self.setTickPen(pg.mkPen(theme.color(Role.BORDER), width=1))
        self.setTextPen(pg.mkPen(theme.color(Role.FAINT)))

    def boundingRect(self) -> QRectF:
        """Return the room of the axis and its grid, with the texts at both ends."""
        margin = _TEXT_MARGIN_PX
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-margin, -margin, margin, margin)

    def _step(self, span: float, size: float) -> float:
        raise NotImplementedError

    def tickValues(
        self,
        minVal: float,  # noqa: N803
        maxVal: float,  # noqa: N803
        size: float,
    ) -> list[tuple[float, list[float]]]:
        """Return one level of ticks: the step and the values."""
        low, high = sorted((minVal, maxVal))
        if not high > low:
            return []
        step, zero = self._step(high - low, size), self._zero()
        return [(step, [at - zero for at in multiples(step, low + zero, high + zero)])]

    def _zero(self) -> float:
        """Return what is added to a value before it is rounded."""
        return 0.0


class ValueAxis(_Axis):
    """The left axis of a panel."""

    def __init__(self, quantity: Quantity) -> None:
        self._quantity = quantity
        super().__init__("left")

    def _step(self, span: float, size: float) -> float:
        return round_step(span, max(size / _VALUE_TICK_PX, 1.0), self._quantity.base)

    def tickStrings(
        self,
        values: list[float],
        scale: float,  # noqa: ARG002
        spacing: float,  # noqa: ARG002
    ) -> list[str]:
        """Write each tick with its unit."""
        return [self._quantity.tick(value) for value in values]


class TimeAxis(_Axis):
    """The lines of the time since the start; the words for them stand below all plots."""

    def __init__(self) -> None:
        self._zero_s = 0.0
        super().__init__("bottom")
        self.setStyle(showValues=False)
        self.setHeight(0)

    def show_time_of_day(self, zero_wall_s: float | None) -> None:
        """Put the lines at round times of day, where the axis begins at this one."""
        zero_s = 0.0 if zero_wall_s is None else zero_wall_s + local_offset_s(zero_wall_s)
        if zero_s == self._zero_s:
            return
        self._zero_s, self.picture = zero_s, None
        self.update()

    def _zero(self) -> float:
        return self._zero_s

    def _step(self, span: float, size: float) -> float:
        return time_step(span, max(size / TIME_TICK_PX, 1.0))
