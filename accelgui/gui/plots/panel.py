"""One plot of a stack: its line of values, its axes, its curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui import fonts
from accelgui.gui.plots.axes import TimeAxis, ValueAxis
from accelgui.gui.plots.happenings import Happenings
from accelgui.gui.plots.legend import NO_VALUE, Legend, Reading
from accelgui.gui.plots.ticks import round_bounds
from accelgui.gui.plots.view import TimeView
from accelgui.gui.theme import Role, theme
from accelgui.telemetry.downsampling import finite_range

if TYPE_CHECKING:
    from accelgui.gui.plots.curve import Curve
    from accelgui.gui.plots.specs import PanelSpec

_AREA_PX = 62
# A line along a bound, such as 100 % for minutes, shows its whole width.
_VALUE_PADDING = 0.03
_RIGHT_MARGIN_PX = 18
# Beyond this many times its fitted height a curve is a line on the floor.
_ZOOM_OUT_LIMIT = 4.0
# More values than these do not fit on the line; the chosen run's stay.
_MOST_RUNS_READ = 3


class _Plot(pg.PlotWidget):  # type: ignore[misc] # pyqtgraph has no types.
    pointer_left = Signal()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointer_left.emit()


class Panel(QWidget):
    """A plot that shows the span of time that it is told to.

    Signals: `pointed(float | None)`, the moment under the pointer. `view` tells what a hand asks
    for.
    """

    pointed = Signal(object)

    def __init__(self, spec: PanelSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.view = TimeView()
        self.curves: dict[tuple[str, str], Curve] = {}
        self._legend = Legend(self)
        self._value_axis = ValueAxis(spec.quantity)
        self._time_axis = TimeAxis()
        self._plot = self._build_plot()
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setVisible(False)
        self._plot.addItem(self._cursor, ignoreBounds=True)
        self.happenings = Happenings()
        for layer in (self.happenings, self.happenings.front):
            self.view.addItem(layer, ignoreBounds=True)
        self._cursor_s: float | None = None
        self._span_s = (0.0, 1.0)
        self._bounds: tuple[float, float] | None = None
        self._is_scaled_by_hand = False
        self._build_layout()
        self.view.value_zoom_asked.connect(self._zoom_values)
        self.view.value_pan_asked.connect(self._pan_values)
        theme.changed.connect(self.follow_theme)
        self.follow_theme()
        self.retranslate()
        self._fit_values()

    def _build_plot(self) -> _Plot:
        axes = {"left": self._value_axis, "bottom": self._time_axis}
        plot = _Plot(self, viewBox=self.view, axisItems=axes)
        plot.hideButtons()
        for axis in axes.values():
            # Grid lines are drawn by the axes: below the curves.
            axis.setZValue(-1000)
        # Room for half a text of the outermost ticks.
        plot.plotItem.layout.setContentsMargins(0, 7, _RIGHT_MARGIN_PX, 3)
        plot.setFrameShape(_Plot.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.pointer_left.connect(lambda: self.pointed.emit(None))
        plot.scene().sigMouseMoved.connect(self._on_pointer)
        return plot

    def _build_layout(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._legend)
        layout.addWidget(self._plot, 1)
        self.setMinimumHeight(self._legend.sizeHint().height() + _AREA_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        quantity = self.spec.quantity
        self._legend.set_title(self.spec.title(), quantity.text(quantity.widest))
        self.setAccessibleName(self.spec.title())
        self._value_axis.picture = None
        self._plot.viewport().update()
        self.read()

    def follow_theme(self) -> None:
        """Take the colours and fonts of the scheme in force."""
        self._plot.setBackground(theme.color(Role.SURFACE))
        font = fonts.scaled(0.85)
        for axis in (self._value_axis, self._time_axis):
            axis.setTickFont(font)
            axis.follow_theme()
        metrics = QFontMetricsF(font)
        widest = max(metrics.horizontalAdvance(text) for text in ("888.8 GiB", "8,888 MHz"))
        self._value_axis.setWidth(round(widest + 10))
        self._cursor.setPen(pg.mkPen(theme.color(Role.MUTED), width=1))
        self.happenings.update()
        self.happenings.front.update()
        for curve in self.curves.values():
            curve.follow_theme()

    def show_time_of_day(self, zero_wall_s: float | None) -> None:
        """Put the grid where the time of day is round."""
        self._time_axis.show_time_of_day(zero_wall_s)

    def set_title_width(self, width_px: float) -> None:
        """Begin the values this far from the left, as all panels of a stack do."""
        self._legend.set_title_width(width_px)

    @property
    def title_width(self) -> float:
        """The width of the name."""
        return self._legend.title_width

    @property
    def area_px(self) -> tuple[float, float]:
        """Left edge and width of the area of the curves, in pixels of this panel."""
        rect = self.view.sceneBoundingRect()
        return self._plot.x() + rect.left(), rect.width()

    @property
    def has_values(self) -> bool:
        """Whether any shown curve has anything but gaps."""
        return any(curve.is_shown and curve.has_values for curve in self.curves.values())

    @property
    def end_s(self) -> float | None:
        """The newest moment of all shown curves."""
        ends = [curve.end_s for curve in self.curves.values() if curve.is_shown]
        return max((end for end in ends if end is not None), default=None)

    @property
    def revision(self) -> int:
        """Grows with every new value."""
        return sum(curve.series.revision for curve in self.curves.values())

    @property
    def legend_text(self) -> str:
        """Name, curves and values as words."""
        return self._legend.text()

    def add(self, run: str, curve: Curve) -> None:
        """Draw a curve of a run."""
        self.curves[run, curve.track.code] = curve
        for item in curve.items:
            self.view.addItem(item, ignoreBounds=True)

    def remove(self, run: str) -> None:
        """Forget the curves of a run."""
        for key in [key for key in self.curves if key[0] == run]:
            for item in self.curves.pop(key).items:
                self.view.removeItem(item)

    def show_runs(self, shown: set[str], chosen: str | None) -> None:
        """Draw the curves of these runs, those of the chosen one in front."""
        for (run, _code), curve in self.curves.items():
            curve.set_state(is_shown=run in shown, is_chosen=run == chosen)
        self.redraw()

    @property
    def span_s(self) -> tuple[float, float]:
        """The span of time that is shown."""
        return self._span_s

    def set_span(self, start_s: float, end_s: float) -> None:
        """Show this span of time."""
        if (start_s, end_s) != self._span_s:
            self._span_s = (start_s, end_s)
            self.view.setXRange(start_s, end_s, padding=0)

    def redraw(self) -> None:
        """Draw what is new."""
        width_px = max(round(self.view.width()), 1)
        for curve in self.curves.values():
            curve.redraw(*self._span_s, width_px)
        if not self._is_scaled_by_hand:
            self._fit_values()
        self.read()

    def fit_values(self) -> None:
        """Let the value axis follow the data again."""
        self._is_scaled_by_hand = False
        self._bounds = None
        self._fit_values()

    def point_at(self, time_s: float | None) -> None:
        """Put the cursor at a moment and read the curves there; None reads the newest values."""
        self._cursor_s = time_s
        self._cursor.setVisible(time_s is not None)
        if time_s is not None:
            self._cursor.setValue(time_s)
        self.read()

    def read(self) -> None:
        """Write the values at the cursor."""
        visible = self._visible()
        numbers = {curve.number for curve in visible}
        chosen = {curve.number for curve in visible if curve.is_chosen} or {max(numbers, default=0)}
        brief = self._readings([curve for curve in visible if curve.number in chosen])
        is_brief = len(numbers) > _MOST_RUNS_READ
        self._legend.set_readings(brief if is_brief else self._readings(visible), brief)

    def unread(self) -> tuple[Reading, ...]:
        """Return all values at the cursor, where the line above has no room for them."""
        visible = self._visible()
        is_brief = len({curve.number for curve in visible}) > _MOST_RUNS_READ
        if self._cursor_s is None or not (is_brief or not self._legend.has_room):
            return ()
        return self._readings(visible)

    @property
    def cursor_top(self) -> QPoint:
        """Where the cursor's upper end is in this panel."""
        left_px, width_px = self.area_px
        start_s, end_s = self._span_s
        share = ((self._cursor_s or 0.0) - start_s) / (end_s - start_s)
        return QPoint(round(left_px + width_px * share), self._plot.y())

    def _visible(self) -> list[Curve]:
        visible = [c for c in self.curves.values() if c.is_visible and len(c.series)]
        return sorted(visible, key=lambda curve: curve.number)

    def _readings(self, curves: list[Curve]) -> tuple[Reading, ...]:
        readings = (
            Reading(track, tuple((c.number, self._text(c)) for c in curves if c.track is track))
            for track in self.spec.tracks
        )
        return tuple(reading for reading in readings if reading.values)

    def _text(self, curve: Curve) -> str:
        value = curve.value_at(self._cursor_s)
        return NO_VALUE if value is None else self.spec.quantity.text(value)

    def _fit_values(self) -> None:
        quantity = self.spec.quantity
        drawn = [curve.drawn_values for curve in self.curves.values()]
        found = finite_range(np.concatenate(drawn)) if drawn else None
        low, high = found or (quantity.floor or 0.0, quantity.ceiling or 1.0)
        bounds = round_bounds(low, high, quantity.floor, quantity.ceiling, quantity.base)
        if bounds != self._bounds:
            self._bounds = bounds
            self.view.setYRange(*bounds, padding=_VALUE_PADDING)

    def _zoom_values(self, factor: float, centre: float) -> None:
        self._is_scaled_by_hand = True
        low, high = self.view.viewRange()[1]
        least, most = self._bounds or (low, high)
        if factor > 1 and (high - low) * factor > _ZOOM_OUT_LIMIT * (most - least):
            return
        self.view.setYRange(
            centre + (low - centre) * factor, centre + (high - centre) * factor, padding=0
        )

    def _pan_values(self, shift: float) -> None:
        self._is_scaled_by_hand = True
        low, high = self.view.viewRange()[1]
        self.view.setYRange(low + shift, high + shift, padding=0)

    def _on_pointer(self, position: object) -> None:
        inside = self.view.sceneBoundingRect().contains(position)
        self.pointed.emit(self.view.mapSceneToView(position).x() if inside else None)
