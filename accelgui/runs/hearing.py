"""What was heard of a run, and what its end means."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.model import PROTOCOL
from accelgui.model.events import Event, Hello, Progress, WorkDone, WorkFailed, decode
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

# A start-up file may print a greeting; what goes on for this many lines is no Python of ours, and
# reading it until the time is up would keep a core of this machine busy.
_MOST_LINES_BEFORE_HELLO = 10_000


@dataclass(frozen=True)
class Ending:
    """How a run ended; `message` is None where only the log could tell."""

    status: RunStatus
    message: str | None = None
    failure: FailureKind | None = None


class Hearing:
    """Turns lines into events and remembers those that tell how the run goes.

    `saving_told_s` is when it last told that it saves what it has, None where it did not.
    """

    def __init__(self) -> None:
        self.garbage_lines = 0
        self.saving_told_s: float | None = None
        self._hello: Hello | None = None
        self._failed: WorkFailed | None = None
        self._done: WorkDone | None = None
        self._given_up: Ending | None = None

    @property
    def has_greeted(self) -> bool:
        """Whether the agent has said hello."""
        return self._hello is not None

    @property
    def is_given_up(self) -> bool:
        """Whether no good end can come any more."""
        return self._given_up is not None

    def give_up(self, status: RunStatus, message: str) -> None:
        """Decide how the run ended, whatever it still says; the first decision stands."""
        self._given_up = self._given_up or Ending(status, message)

    def take(self, line: bytes) -> Event | None:
        """Return the event of a line, None for garbage and for what came before a hello."""
        try:
            event = decode(line.decode())
        except (WireError, UnicodeDecodeError):
            self._take_garbage()
            return None
        match event:
            case Hello() if event.protocol != PROTOCOL:
                message = f"agent speaks protocol {event.protocol}, not {PROTOCOL}"
                self.give_up(RunStatus.FAILED, message)
                return None
            case Hello():
                self._hello = event
            case WorkFailed():
                self._failed = event
            case Progress(what="save"):
                self.saving_told_s = time.monotonic()
            case WorkDone():
                self._done = event
        return event if self.has_greeted else None

    def _take_garbage(self) -> None:
        self.garbage_lines += 1
        if not self.has_greeted and self.garbage_lines >= _MOST_LINES_BEFORE_HELLO:
            self.give_up(RunStatus.NOT_STARTED, "prints lines without end, none an answer")

    def ending(  # noqa: PLR0911 - One for each way to end.
        self, exit_code: int, *, stop_asked: bool, last_words: Callable[[], str | None]
    ) -> Ending:
        """Tell what the end of the process means; negative codes are signals, as subprocess has."""
        if self._given_up is not None:
            return self._given_up
        if self._failed is not None:
            return Ending(RunStatus.FAILED, self._failed.message, self._failed.kind)
        if stop_asked or (self._done is not None and self._done.stopped):
            return Ending(RunStatus.STOPPED)
        if exit_code < 0:
            return Ending(RunStatus.KILLED, last_words())
        if not self.has_greeted:
            return Ending(RunStatus.NOT_STARTED, last_words())
        if self._done is None or exit_code != 0:
            return Ending(RunStatus.FAILED, last_words())
        return Ending(RunStatus.FINISHED)
