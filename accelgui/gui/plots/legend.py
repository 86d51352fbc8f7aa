"""The line above a plot: its name, and each curve with its value, at places that do not move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.specs import Track
from accelgui.gui.plots.style import mark_of, paint_mark, paint_swatch, track_color
from accelgui.gui.theme import Role, theme
from accelgui.words import joining

if TYPE_CHECKING:
    from PySide6.QtGui import QColor


_HEIGHT_PX = 24
# Two dashes and the gap between them.
_SWATCH_PX = 26.0
_SHORT_SWATCH_PX = 18.0
# A name that is cut off keeps at least this much.
_SHORTEST_NAME_PX = 34.0
_GAP_PX = 5.0
_BETWEEN_PX = 12.0
_MARK_PX = 4.0

NO_VALUE = "–"


@dataclass(frozen=True)
class Reading:
    """A track and its values: (number of the run, text) for each run that is read."""

    track: Track
    values: tuple[tuple[int, str], ...]


class Legend(QWidget):
    """Name, curves, values. Each value has room for the widest, so nothing moves with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._readings: tuple[Reading, ...] = ()
        self._brief: tuple[Reading, ...] = ()
        self._widest = ""
        self._title_room = 0.0
        # Where even the brief readings have no room, swatches, values and a name are shortened.
        self._is_tight = False
        self._text_font = fonts.scaled(0.9)
        self._title_font = fonts.scaled(0.95, bold=True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._follow_theme)

    def sizeHint(self) -> QSize:
        """Return one line of text with air."""
        return QSize(200, max(_HEIGHT_PX, round(QFontMetricsF(self._title_font).height() + 6)))

    def set_title(self, title: str, widest: str) -> None:
        """Set the name of the plot, and the widest text that a value can have."""
        self._title, self._widest = title, widest
        self.update()

    @property
    def title_width(self) -> float:
        """The width of the name."""
        return QFontMetricsF(self._title_font).horizontalAdvance(self._title)

    def set_title_width(self, width_px: float) -> None:
        """Keep at least this room for the name, so that the values of all plots line up."""
        self._title_room = width_px
        self.update()

    def set_readings(self, readings: tuple[Reading, ...], brief: tuple[Reading, ...] = ()) -> None:
        """Show these curves with these values; the brief ones where there is no room for all."""
        if (readings, brief) != (self._readings, self._brief):
            self._readings, self._brief = readings, brief
            self.update()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What is shown."""
        return self._readings

    @property
    def has_room(self) -> bool:
        """Whether all of them are to be seen."""
        metrics = QFontMetricsF(self._text_font)
        x = max(self._title_room, self.title_width) + _BETWEEN_PX
        return self._fitting(self.width() - x, metrics) is self._readings

    def text(self) -> str:
        """Return what is shown as words, for those who hear the window."""
        parts = [
            f"{reading.track.title()} {joining.clauses(text for _number, text in reading.values)}"
            for reading in self._readings
        ]
        return joining.labelled(self._title, joining.sections(parts))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's.
        """Draw the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        metrics = QFontMetricsF(self._text_font)
        self._draw(painter, 0.0, self._title, theme.color(Role.TEXT), is_title=True)
        x = max(self._title_room, self.title_width) + _BETWEEN_PX
        readings = self._fitting(self.width() - x, metrics)
        self._is_tight = sum(self._width(r, metrics) for r in readings) > self.width() - x
        over_px = sum(self._width(r, metrics) for r in readings) - (self.width() - x)
        longest = max(readings, key=lambda r: len(r.track.title()), default=None)
        for reading in readings:
            cut_px = max(over_px, 0.0) if reading is longest else 0.0
            self._paint_reading(painter, x, reading, metrics, cut_px)
            x += self._width(reading, metrics) - cut_px
        self._is_tight = False
        painter.end()

    def _fitting(self, room: float, metrics: QFontMetricsF) -> tuple[Reading, ...]:
        wanted = sum(self._width(reading, metrics) for reading in self._readings)
        return self._readings if wanted <= room or not self._brief else self._brief

    def _paint_reading(
        self,
        painter: QPainter,
        x: float,
        reading: Reading,
        metrics: QFontMetricsF,
        cut_px: float,
    ) -> None:
        track, values = reading.track, reading.values
        alone = len(values) == 1
        color = track_color(values[0][0], track) if alone else theme.color(Role.FAINT)
        mark = mark_of(values[0][0]) if alone and track.has_marks else ""
        swatch = QRectF(x, 0, self._swatch_px, self.height())
        paint_swatch(painter, swatch, color, track.dash, mark)
        x += self._swatch_px + _GAP_PX
        name = track.title()
        if cut_px:
            name_px = max(metrics.horizontalAdvance(name) - cut_px, _SHORTEST_NAME_PX)
            name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_px)
        x = self._draw(painter, x, name, theme.color(Role.MUTED)) + _GAP_PX
        for number, text in values:
            if not alone:
                at = QPointF(x + _MARK_PX, self.height() / 2)
                paint_mark(painter, at, _MARK_PX, mark_of(number), track_color(number, track))
                x += 2 * _MARK_PX + _GAP_PX / 2
            self._draw(painter, x, text, theme.color(Role.TEXT))
            x += self._room(text, metrics)

    def _draw(
        self, painter: QPainter, x: float, text: str, color: QColor, *, is_title: bool = False
    ) -> float:
        font = self._title_font if is_title else self._text_font
        painter.setFont(font)
        painter.setPen(color)
        width = QFontMetricsF(font).horizontalAdvance(text)
        rect = QRectF(x, 0, width + 2, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return x + width

    def _width(self, reading: Reading, metrics: QFontMetricsF) -> float:
        marks = 0.0 if len(reading.values) == 1 else 2 * _MARK_PX + _GAP_PX / 2
        values = sum(marks + self._room(text, metrics) for _number, text in reading.values)
        name = metrics.horizontalAdvance(reading.track.title())
        return self._swatch_px + 2 * _GAP_PX + name + values + _GAP_PX

    @property
    def _swatch_px(self) -> float:
        return _SHORT_SWATCH_PX if self._is_tight else _SWATCH_PX

    def _room(self, text: str, metrics: QFontMetricsF) -> float:
        if self._is_tight:
            return metrics.horizontalAdvance(text) + _GAP_PX
        widest = max(metrics.horizontalAdvance(self._widest), metrics.horizontalAdvance(text))
        return widest + _GAP_PX

    def _follow_theme(self) -> None:
        self._text_font = fonts.scaled(0.9)
        self._title_font = fonts.scaled(0.95, bold=True)
        self.update()
