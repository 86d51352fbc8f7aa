"""Spans of time in which something held, such as a GPU that holds its clocks back."""

from __future__ import annotations

from dataclasses import dataclass

# More than anybody can see on one axis; the oldest go first.
_MOST = 2000


@dataclass(frozen=True)
class Span:
    """From `start_s` to `end_s`: these codes held."""

    start_s: float
    end_s: float
    codes: tuple[str, ...]


class Spans:
    """Spans that follow each other, made of moments."""

    def __init__(self) -> None:
        self.revision = 0
        self._spans: list[Span] = []
        self._is_open = False

    def __len__(self) -> int:
        return len(self._spans)

    def add(self, time_s: float, codes: tuple[str, ...]) -> None:
        """Say what holds at a moment; () ends what held before."""
        last = self._spans[-1] if self._is_open else None
        if last is not None and last.codes == codes:
            self._spans[-1] = Span(last.start_s, time_s, codes)
        else:
            if last is not None:
                self._spans[-1] = Span(last.start_s, time_s, last.codes)
            if codes:
                self._spans.append(Span(time_s, time_s, codes))
                del self._spans[:-_MOST]
        self._is_open = bool(codes)
        self.revision += 1 if codes or last is not None else 0

    def break_off(self) -> None:
        """Let what held end where it was last seen."""
        self._is_open = False

    def within(self, start_s: float, end_s: float) -> tuple[Span, ...]:
        """Return the spans that reach into this time."""
        return tuple(s for s in self._spans if s.end_s >= start_s and s.start_s <= end_s)
