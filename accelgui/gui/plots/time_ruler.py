"""The axis of time below a stack of plots; it stays in sight while they scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.axes import TIME_TICK_PX
from accelgui.gui.plots.ticks import clock_text, multiples, time_step
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

    def ticks(self) -> list[tuple[float, str]]:
        """Return where in pixels what is written."""
        start_s, end_s = self._span_s
        left_px, width_px = self._area_px
        length_s = end_s - start_s
        step_s = time_step(length_s, max(width_px / TIME_TICK_PX, 1.0))
        furthest_s = max(abs(start_s), abs(end_s))
        return [
            (
                left_px + (moment - start_s) / length_s * width_px,
                clock_text(moment, step_s, furthest_s),
            )
            for moment in multiples(step_s, start_s, end_s)
        ]

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setAccessibleName(_("Time since the first step"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - One line, drawn whole.
        painter = QPainter(self)
        painter.setFont(fonts.scaled(0.85))
        painter.setPen(theme.color(Role.FAINT))
        for x, text in self.ticks():
            room = QRectF(x - _LABEL_PX / 2, 0, _LABEL_PX, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
