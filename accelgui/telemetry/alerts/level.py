"""One value watched with hysteresis: raised once, cleared once, and no flapping in between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

# A silence longer than this, and than some paces, is no time in which a value held.
_SHORTEST_GAP_S = 10.0
_GAP_PACES = 4.0


@dataclass(frozen=True)
class Band:
    """When to raise, and when to clear.

    Raised when the value has been at `raise_at` or above for `raise_after_s`; cleared when it has
    been at `clear_at` or below, which is lower, for `clear_after_s`. With `is_below` it is the
    other way round: low values raise. Without a value for `silence_s` nothing is known any more,
    and what was raised ends; None: it stands until a value clears it.
    """

    raise_at: float
    clear_at: float
    raise_after_s: float = 0.0
    clear_after_s: float = 0.0
    is_below: bool = False
    silence_s: float | None = 60.0

    def __post_init__(self) -> None:
        is_apart = self.clear_at > self.raise_at if self.is_below else self.clear_at < self.raise_at
        if not is_apart:
            raise ValueError("an alert clears at another level than it is raised at")


class Change(Enum):
    """What a value has done to a level."""

    RAISED = "raised"
    CLEARED = "cleared"


class Level:
    """The state of one value. Times are those of one clock that never goes back.

    `start_s` is when the value reached the level, `peak` the worst value since, `end_s` when it
    was back; they hold from the moment of raising until the next one.
    """

    def __init__(self, band: Band) -> None:
        self.band = band
        self.is_raised = False
        self.start_s = 0.0
        self.end_s = 0.0
        self.peak = 0.0
        self.value: float | None = None
        self.last_s = 0.0
        self._since_s: float | None = None
        self._known_s: float | None = None
        self._pace_s = 0.0

    def take(self, time_s: float, value: float | None) -> Change | None:
        """Take the value of a moment, None for one that is not known; returns what changed."""
        step_s = time_s - self.last_s
        if step_s > max(_SHORTEST_GAP_S, _GAP_PACES * self._pace_s):
            self._since_s = None
        self._pace_s = step_s if self._known_s is not None else 0.0
        self.last_s, self.value = time_s, value
        if value is None:
            self._since_s = None
            return self._end_of_silence(time_s)
        self._known_s = time_s
        return (
            self._take_raised(time_s, value) if self.is_raised else self._take_quiet(time_s, value)
        )

    def end(self) -> Change | None:
        """Let what is raised end where it was last seen, since nobody watches any more."""
        self._since_s = None
        return self._clear(self._known_s or 0.0) if self.is_raised else None

    def _take_quiet(self, time_s: float, value: float) -> Change | None:
        if not self._is_reached(value):
            self._since_s = None
            return None
        if self._since_s is None:
            self._since_s = self.start_s = time_s
            self.peak = value
        self.peak = self._worse(self.peak, value)
        if time_s - self._since_s < self.band.raise_after_s:
            return None
        self.is_raised, self._since_s = True, None
        return Change.RAISED

    def _take_raised(self, time_s: float, value: float) -> Change | None:
        self.peak = self._worse(self.peak, value)
        if not self._is_back(value):
            self._since_s = None
            return None
        if self._since_s is None:
            self._since_s = time_s
        since_s = self._since_s
        return self._clear(since_s) if time_s - since_s >= self.band.clear_after_s else None

    def _end_of_silence(self, time_s: float) -> Change | None:
        silence_s, known_s = self.band.silence_s, self._known_s or 0.0
        is_over = silence_s is not None and time_s - known_s > silence_s
        return self._clear(known_s) if self.is_raised and is_over else None

    def _clear(self, end_s: float) -> Change:
        self.is_raised, self._since_s, self.end_s = False, None, end_s
        return Change.CLEARED

    def _is_reached(self, value: float) -> bool:
        limit = self.band.raise_at
        return value <= limit if self.band.is_below else value >= limit

    def _is_back(self, value: float) -> bool:
        limit = self.band.clear_at
        return value >= limit if self.band.is_below else value <= limit

    def _worse(self, one: float, other: float) -> float:
        return min(one, other) if self.band.is_below else max(one, other)
