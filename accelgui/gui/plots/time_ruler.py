"""The axis of time below a stack of plots; it stays in sight while they scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.axes import TIME_TICK_PX
from accelgui.gui.plots.ticks import (
    clock_text,
    local_offset_s,
    multiples,
    time_of_day,
    time_step,
)
from accelgui.gui.theme import Role, theme
from accelgui.words import _

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_HEIGHT_PX = 22
_LABEL_PX = 90.0


class TimeRuler(QWidget):
    """Moments since the start, in line with the plots above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span_s = (0.0, 1.0)
        self._area_px = (0.0, 1.0)
        self._zero_wall_s: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT_PX)

    def set_span(self, start_s: float, end_s: float) -> None:
        """Show this span of time."""
        if (start_s, end_s) != self._span_s:
            self._span_s = (start_s, end_s)
            self.update()

    def set_area(self, left_px: float, width_px: float) -> None:
        """Take the place of the plots above."""
        if (left_px, width_px) != self._area_px:
            self._area_px = (left_px, max(width_px, 1.0))
            self.update()

    def show_time_of_day(self, zero_wall_s: float | None) -> None:
        """Write times of day, where the axis begins at this one; None for time since the start."""
        if zero_wall_s != self._zero_wall_s:
            self._zero_wall_s = zero_wall_s
            self.update()

    def moment_text(self, moment_s: float, step_s: float) -> str:
        """Return the words for a moment of the axis, exact to a step."""
        if self._zero_wall_s is not None:
            return time_of_day(self._zero_wall_s + moment_s, step_s)
        return clock_text(moment_s, step_s, max(abs(end) for end in self._span_s))

    def ticks(self) -> list[tuple[float, str]]:
        """Return where in pixels what is written."""
        start_s, end_s = self._span_s
        left_px, width_px = self._area_px
        length_s = end_s - start_s
        step_s = time_step(length_s, max(width_px / TIME_TICK_PX, 1.0))
        # Times of day are round where the clock is, not where the axis is.
        zero_s = self._zero_wall_s or 0.0
        offset_s = zero_s + local_offset_s(zero_s) if self._zero_wall_s is not None else 0.0
        moments = [
            moment - offset_s for moment in multiples(step_s, start_s + offset_s, end_s + offset_s)
        ]
        return [
            (
                left_px + (moment - start_s) / length_s * width_px,
                self.moment_text(moment, step_s),
            )
            for moment in moments
        ]

    def retranslate(self) -> None:
        """Take the words of the current language."""
        is_clock = self._zero_wall_s is not None
        self.setAccessibleName(_("Time of day") if is_clock else _("Time since the first step"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - One line, drawn whole.
        painter = QPainter(self)
        painter.setFont(fonts.scaled(0.85))
        painter.setPen(theme.color(Role.FAINT))
        for x, text in self.ticks():
            room = QRectF(x - _LABEL_PX / 2, 0, _LABEL_PX, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
