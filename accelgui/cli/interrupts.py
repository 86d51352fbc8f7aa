"""Ctrl-C and a polite request to end stop a run in steps; a second Ctrl-C ends at once."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class Interrupted:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self.asked = False


@contextlib.contextmanager
def stopping_on_interrupt(stop: Callable[[], None]) -> Iterator[Interrupted]:
    """Call `stop` on the first SIGINT or SIGTERM; the second raises KeyboardInterrupt."""
    interrupted = Interrupted()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if interrupted.asked:
            raise KeyboardInterrupt
        interrupted.asked = True
        stop()

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
