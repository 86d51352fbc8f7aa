"""Who is still there: every process counts up once a second where all others can see it.

A process that is gone takes its connections along, and the framework of the others raises, but
rarely says who it was; a machine that lost its power leaves nothing at all behind. So each looks
whether the others still count.
"""

from __future__ import annotations

import threading
import time
from typing import Callable, Optional, Protocol

_INTERVAL_S = 0.5

# After a failure: who has not counted in this time is gone.
_ANSWER_S = 2.5

# Without a failure: a process may be held up, by a compilation say, but its counting hardly is.
_SILENCE_S = 20.0

# The board is kept by the first process: where it cannot be reached for this long, that is gone.
_BOARD_S = 2.0


class Board(Protocol):
    """Where processes count; any exception means that it cannot be reached."""

    def count_up(self, rank: int) -> None:
        """Add one to the count of a process."""

    def count_of(self, rank: int) -> int:
        """Return the count of a process, 0 before it began."""


class RollCall:
    """Counts for this process and watches the others, from `begin` to `end`.

    `on_silence` is told of the first process that has been silent for too long.
    """

    def __init__(
        self,
        board: Board,
        rank: int,
        count: int,
        on_silence: Callable[[int], None],
        silence_s: float = _SILENCE_S,
    ) -> None:
        self._board = board
        self._rank = rank
        self._others = [other for other in range(count) if other != rank]
        self._on_silence = on_silence
        self._silence_s = silence_s
        self._over = threading.Event()
        self._seen: dict[int, int] = {}
        self._changed_s: dict[int, float] = {}
        self._board_lost_s: Optional[float] = None
        self._thread = threading.Thread(target=self._watch, name="roll-call", daemon=True)

    def begin(self) -> None:
        """Count from now on."""
        now_s = time.monotonic()
        self._changed_s = dict.fromkeys(self._others, now_s)
        self._thread.start()

    def end(self) -> None:
        """The work is done: nobody is missed any more."""
        self._over.set()

    def missing(self) -> list[int]:
        """Return who is gone; takes a few seconds to find out."""
        asked_s = time.monotonic()
        if self._over.is_set():
            return []
        while time.monotonic() < asked_s + _ANSWER_S and not self._over.is_set():
            if self._is_board_lost():
                return [0]
            time.sleep(_INTERVAL_S / 5)
        if self._board_lost_s is not None and self._rank != 0:
            return [0]
        # Who went may have counted just before, and be seen just after.
        return [rank for rank in self._others if self._changed_s[rank] < asked_s + 2 * _INTERVAL_S]

    def _watch(self) -> None:
        while not self._over.wait(_INTERVAL_S):
            self._look()
            silent = [0] if self._is_board_lost() else self._silent_for(self._silence_s)
            if silent and not self._over.is_set():
                self._on_silence(silent[0])
                return

    def _look(self) -> None:
        try:
            self._board.count_up(self._rank)
            counts = {rank: self._board.count_of(rank) for rank in self._others}
        except Exception:  # noqa: BLE001 - Each framework has its own; all say the same.
            self._board_lost_s = self._board_lost_s or time.monotonic()
            return
        self._board_lost_s = None
        now_s = time.monotonic()
        for rank, count in counts.items():
            if count != self._seen.get(rank):
                self._seen[rank] = count
                self._changed_s[rank] = now_s

    def _is_board_lost(self) -> bool:
        lost_s = self._board_lost_s
        return self._rank != 0 and lost_s is not None and time.monotonic() - lost_s > _BOARD_S

    def _silent_for(self, limit_s: float) -> list[int]:
        now_s = time.monotonic()
        return [rank for rank in self._others if now_s - self._changed_s[rank] > limit_s]
