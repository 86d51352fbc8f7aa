"""One curve of one run in one panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg

from accelgui.gui.plots.line import Line
from accelgui.gui.plots.style import curve_pen, mark_of, track_color
from accelgui.gui.theme import Role, theme
from accelgui.telemetry.downsampling import outline, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from accelgui.gui.plots.specs import Track
    from accelgui.telemetry import Series

_MARK_PX = 7
# More marks than this make a worm of the curve.
_MOST_MARKS = 60
# More points than these are drawn with a pen that is quick.
_FEW_POINTS = 48


class Curve:
    """Draws a series, from `zero_s` on, as far as it is in view and no finer than pixels.

    `number` is that of the run; it decides colour and mark.
    """

    def __init__(self, number: int, track: Track, series: Series, zero_s: float) -> None:
        self.number = number
        self.track = track
        self.series = series
        self.is_shown = True
        self.is_chosen = True
        self._zero_s = zero_s
        self._is_dense = False
        self._drawn: tuple[object, ...] | None = None
        self._values: NDArray[np.float64] = np.empty(0)
        self._line = Line()
        self._marks = _new_marks() if track.has_marks else None
        self.follow_theme()

    @property
    def items(self) -> tuple[pg.GraphicsObject, ...]:
        """What a plot has to take in."""
        return (self._line,) if self._marks is None else (self._line, self._marks)

    @property
    def drawn_values(self) -> NDArray[np.float64]:
        """The values in view as they were drawn last."""
        return self._values if self.is_visible else np.empty(0)

    @property
    def is_visible(self) -> bool:
        """Whether the curve is to be seen: the machine's own only beside the chosen run."""
        return self.is_shown and (self.is_chosen or not self.track.is_aside)

    @property
    def has_values(self) -> bool:
        """Whether there is anything but gaps."""
        return bool(np.isfinite(self.series.values).any())

    @property
    def end_s(self) -> float | None:
        """The time of the newest value since the start of the run."""
        return float(self.series.times[-1]) - self._zero_s if len(self.series) else None

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return all times since the start of the run, and values."""
        return self.series.times - self._zero_s, self.series.values

    def value_at(self, time_s: float | None) -> float | None:
        """Return the value at a moment since the start, the newest for None."""
        if time_s is None:
            return self.series.last
        return self.series.value_near(time_s + self._zero_s)

    def set_state(self, *, is_shown: bool, is_chosen: bool) -> None:
        """Show or hide the curve; bring that of the chosen run to the front."""
        self.is_shown, self.is_chosen = is_shown, is_chosen
        for item in self.items:
            item.setVisible(self.is_visible)
            item.setZValue(10 if is_chosen and not self.track.is_aside else 0)
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take the colours of the scheme in force."""
        self._line.set_pen(curve_pen(self.number, self.track, self.is_chosen, self._is_dense))
        if self._marks is not None:
            self._marks.setBrush(pg.mkBrush(track_color(self.number, self.track)))
            self._marks.setPen(pg.mkPen(theme.color(Role.SURFACE), width=1))
            self._marks.setSymbol(mark_of(self.number))

    def redraw(self, start_s: float, end_s: float, width_px: int) -> None:
        """Draw what lies from `start_s` to `end_s`, where anything has changed."""
        state = (self.series.revision, start_s, end_s, width_px)
        if state == self._drawn or not self.is_visible:
            return
        self._drawn = state
        times, values = within(*self.points(), start_s, end_s)
        times, self._values = outline(times, values, start_s, end_s, max(width_px, 1))
        if (len(times) > _FEW_POINTS) != self._is_dense:
            self._is_dense = not self._is_dense
            self.follow_theme()
        self._line.set_points(times, self._values)
        if self._marks is not None:
            few = len(times) <= _MOST_MARKS
            self._marks.setData(*((times, self._values) if few else ([], [])))


def _new_marks() -> pg.ScatterPlotItem:
    return pg.ScatterPlotItem(pxMode=True, size=_MARK_PX, antialias=True)
