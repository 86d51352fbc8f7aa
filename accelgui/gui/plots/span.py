"""The span of time that plots show, and how it follows, zooms and moves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from accelgui.gui.plots.ticks import time_step

# What is shown before there is anything.
_FIRST_END_S = 10.0
# A run of a year and a step of a millisecond.
_LONGEST_S = 3.2e7
_SHORTEST_S = 0.01
# Room for the mark of the last point.
_END_MARGIN = 1.01
_STEPS_PER_WINDOW = 20


@dataclass(frozen=True)
class TimeSpan:
    """From `start_s` to `end_s` since the start; while following, it grows with the data.

    With a `window_s`, what is followed is never longer than that: the newest part.
    """

    start_s: float = 0.0
    end_s: float = _FIRST_END_S
    is_following: bool = True
    window_s: float | None = None

    def grown(self, data_end_s: float | None) -> TimeSpan:
        """Return the span for data that ends at `data_end_s`.

        It grows in round steps, so that the picture stands still between two of them.
        """
        if self.window_s is not None and data_end_s is not None:
            return self._slid(self.window_s, data_end_s)
        if data_end_s is None or 0.4 * self.end_s <= data_end_s <= self.end_s:
            return self
        return replace(self, start_s=0.0, end_s=_round_end(data_end_s))

    def fitted(self, data_end_s: float | None, *, is_complete: bool = False) -> TimeSpan:
        """Return the span of everything, followed again; no longer than the data if complete."""
        window_s = self.window_s
        if data_end_s is None or data_end_s <= 0:
            return TimeSpan(window_s=window_s)
        if is_complete:
            return TimeSpan(0.0, data_end_s * _END_MARGIN, window_s=window_s)
        if window_s is not None:
            return replace(self, is_following=True)._slid(window_s, data_end_s)
        return TimeSpan(0.0, _round_end(data_end_s))

    def windowed(self, window_s: float | None) -> TimeSpan:
        """Return the span that follows no more than the newest `window_s`; None for everything."""
        return replace(self, window_s=window_s)

    def held(self) -> TimeSpan:
        """Return the same span, no longer followed."""
        return replace(self, is_following=False)

    def zoomed(self, factor: float, centre_s: float) -> TimeSpan:
        """Return `factor` times the span around a moment, no longer followed."""
        length_s = (self.end_s - self.start_s) * factor
        if not _SHORTEST_S <= length_s <= _LONGEST_S:
            return self
        start_s = centre_s + (self.start_s - centre_s) * factor
        end_s = start_s + length_s
        return replace(self, start_s=start_s, end_s=end_s, is_following=False)

    def panned(self, shift_s: float) -> TimeSpan:
        """Return the span moved, no longer followed."""
        start_s, end_s = self.start_s + shift_s, self.end_s + shift_s
        return replace(self, start_s=start_s, end_s=end_s, is_following=False)

    def _slid(self, window_s: float, data_end_s: float) -> TimeSpan:
        """Move on in steps of a twentieth, so that the picture rests between two of them."""
        if data_end_s < window_s:
            return replace(self, start_s=0.0, end_s=min(_round_end(data_end_s), window_s))
        step_s = window_s / _STEPS_PER_WINDOW
        end_s = (math.floor(data_end_s / step_s) + 1) * step_s
        return replace(self, start_s=end_s - window_s, end_s=end_s)


def _round_end(end_s: float) -> float:
    if end_s < _FIRST_END_S:
        return _FIRST_END_S
    step = time_step(end_s, 4)
    return (math.floor(end_s / step) + 1) * step
