"""Spans of time in which something held, such as a GPU that holds its clocks back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

# As many as a screen has columns of pixels.
_MOST = 2000
# What is joined first when there are more: spans that begin in the same second.
_FIRST_STEP_S = 1.0


@dataclass(frozen=True)
class Span:
    """From `start_s` to `end_s`: these codes held."""

    start_s: float
    end_s: float
    codes: tuple[str, ...]


class Spans:
    """Spans that follow each other, made of moments.

    They never grow more than a screen can show: where there are too many, the older ones that
    begin at about the same time are joined.
    """

    def __init__(self) -> None:
        self.revision = 0
        # Both ends ascend: a span begins where the one before has ended, or later.
        self._starts_s: list[float] = []
        self._ends_s: list[float] = []
        self._codes: list[tuple[str, ...]] = []
        self._step_s = _FIRST_STEP_S
        self._is_open = False

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, time_s: float, codes: tuple[str, ...]) -> None:
        """Say what holds at a moment; () ends what held before."""
        if self._is_open:
            self._ends_s[-1] = time_s
        self.revision += 1 if codes or self._is_open else 0
        if codes and not (self._is_open and self._codes[-1] == codes):
            if len(self) == _MOST:
                self._join_older()
            self._put(Span(time_s, time_s, codes))
        self._is_open = bool(codes)

    def break_off(self) -> None:
        """Let what held end where it was last seen."""
        self._is_open = False

    def within(self, start_s: float, end_s: float, finest_s: float = 0.0) -> tuple[Span, ...]:
        """Return the spans that reach into this time; as one, those that begin in `finest_s`."""
        first, last = bisect_left(self._ends_s, start_s), bisect_right(self._starts_s, end_s)
        return self._joined(first, last, finest_s)

    def _joined(self, first: int, last: int, finest_s: float) -> tuple[Span, ...]:
        found: list[Span] = []
        until_s = float("-inf")
        for place in range(first, last):
            begun_s, ended_s = self._starts_s[place], self._ends_s[place]
            codes = self._codes[place]
            if begun_s < until_s:
                known = found[-1].codes
                codes = known if codes == known else tuple(dict.fromkeys(known + codes))
                found[-1] = Span(found[-1].start_s, ended_s, codes)
            else:
                found.append(Span(begun_s, ended_s, codes))
                until_s = begun_s + finest_s
        return tuple(found)

    def _join_older(self) -> None:
        """Make room: the newer half stays as it is, of the older half stays half at most."""
        half = len(self) // 2
        older = self._joined(0, half, self._step_s)
        while len(older) > half // 2:
            self._step_s *= 2
            older = self._joined(0, half, self._step_s)
        newer = self._joined(half, len(self), 0.0)
        for kept in (self._starts_s, self._ends_s, self._codes):
            kept.clear()
        for span in older + newer:
            self._put(span)

    def _put(self, span: Span) -> None:
        self._starts_s.append(span.start_s)
        self._ends_s.append(span.end_s)
        self._codes.append(span.codes)
