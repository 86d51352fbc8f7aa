"""Values over time in flat memory: the newest part kept whole, or all of it kept thinner."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from accelgui.telemetry.downsampling import peaks

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST_CAPACITY = 256

# Four times the pixels of a 4K screen: thinning never shows. 16 bytes a point, 256 KiB a series.
DEFAULT_LIMIT = 16_384


class Series(ABC):
    """Values over time, in the order of time. A gap (not reported, not finite) is NaN."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        if limit < 8:
            raise ValueError("a series keeps at least 8 points")
        self.limit = limit
        self.revision = 0
        self._times = np.empty(min(limit, _FIRST_CAPACITY))
        self._values = np.empty_like(self._times)
        self._start = self._end = 0

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def times(self) -> NDArray[np.float64]:
        """The moments in seconds, shape [len], a view that holds until the next append."""
        return self._times[self._start : self._end]

    @property
    def values(self) -> NDArray[np.float64]:
        """The values, shape [len], NaN for a gap, a view that holds until the next append."""
        return self._values[self._start : self._end]

    @property
    def last(self) -> float | None:
        """The newest value, None for a gap or where there is nothing yet."""
        return _reported(self._values[self._end - 1]) if len(self) else None

    def append(self, time_s: float, value: float | None) -> bool:
        """Add a value; None, NaN and infinities are a gap.

        Time goes forward only: a value older than the last one is left out, and False returned.
        """
        if not math.isfinite(time_s) or (len(self) and time_s < self._times[self._end - 1]):
            return False
        if self._end == len(self._times):
            self._make_room()
        self._times[self._end] = time_s
        finite = value is not None and math.isfinite(value)
        self._values[self._end] = value if finite else math.nan
        self._end += 1
        self.revision += 1
        self._start = max(0, self._end - self.limit)
        return True

    def value_near(self, time_s: float) -> float | None:
        """Return the value at the moment closest to `time_s`.

        None for a gap, and outside of the time that the series covers.
        """
        times = self.times
        if not len(times) or not times[0] <= time_s <= times[-1]:
            return None
        after = min(int(np.searchsorted(times, time_s)), len(times) - 1)
        before = max(after - 1, 0)
        near = before if time_s - times[before] < times[after] - time_s else after
        return _reported(self.values[near])

    @abstractmethod
    def _make_room(self) -> None:
        """Make the buffers at least one point longer, or empty them in part."""

    def _grow(self, capacity: int) -> None:
        times, values = np.empty(capacity), np.empty(capacity)
        count = len(self)
        times[:count], values[:count] = self.times, self.values
        self._times, self._values = times, values
        self._start, self._end = 0, count


class RecentSeries(Series):
    """Keeps the newest `limit` points whole and forgets the oldest: a ring buffer."""

    def _make_room(self) -> None:
        # Twice the limit, so that what is kept lies in one piece and moves once in `limit` steps.
        self._grow(min(2 * len(self._times), 2 * self.limit))


class WholeSeries(Series):
    """Keeps the whole time from the first point on, thinner where it is long, with its peaks."""

    def _make_room(self) -> None:
        if len(self._times) < self.limit:
            self._grow(min(2 * len(self._times), self.limit))
            return
        # A bucket gives at most five points, so three eighths of the room are free again.
        times, values = peaks(self.times, self.values, self.limit // 8)
        self._times[: len(times)], self._values[: len(times)] = times, values
        self._start, self._end = 0, len(times)


class LongSeries(Series):
    """Keeps the whole time, its newest quarter whole and what is older thinner, with its peaks."""

    def _make_room(self) -> None:
        if len(self._times) < self.limit:
            self._grow(min(2 * len(self._times), self.limit))
            return
        old = len(self) - self.limit // 4
        # At most five points a bucket: three eighths of the room, or more, are free again.
        times, values = peaks(self.times[:old], self.values[:old], max(self.limit // 14, 1))
        newest = slice(self._start + old, self._end)
        kept = len(times) + self._end - newest.start
        times = np.concatenate((times, self._times[newest]))
        values = np.concatenate((values, self._values[newest]))
        self._times[:kept], self._values[:kept] = times, values
        self._start, self._end = 0, kept


def _reported(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
