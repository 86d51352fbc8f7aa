"""Pausing a training between two batches, by a command on stdin."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.meter import Meter

_STOP_INTERVAL_S = 0.1


class Stop(Protocol):
    """What a trainer asks: `is_set` alone, the others where several processes agree on it."""

    def is_set(self) -> bool:
        """Whether to stop; returns when the training may go on, or may not."""

    @property
    def is_stopping(self) -> bool:
        """Whether to stop, told at once."""

    @property
    def is_paused(self) -> bool:
        """Whether to wait, told at once."""

    def stop(self) -> None:
        """Another process was asked to stop."""


class Pausing:
    """What a trainer asks between two batches whether to stop; while paused, the answer waits.

    Takes ``{"pause": true}`` and ``{"pause": false}``. A stop ends a pause.
    """

    def __init__(self, channel: Channel, meter: Meter) -> None:
        self._stopping = channel.stopping
        self._meter = meter
        self.is_paused = False
        self._changed = threading.Condition()
        channel.on_command(self._take)

    @property
    def is_stopping(self) -> bool:
        """Whether to stop, told at once."""
        return self._stopping.is_set()

    def is_set(self) -> bool:
        """Whether to stop; returns when the training may go on, or may not."""
        if self.is_paused:
            self._wait()
        return self._stopping.is_set()

    def stop(self) -> None:
        """Stop because another process was asked to."""
        self._stopping.set()

    def _take(self, command: dict[str, Any]) -> None:
        if isinstance(command.get("pause"), bool):
            with self._changed:
                self.is_paused = command["pause"]
                self._changed.notify_all()

    def _wait(self) -> None:
        began_s = time.monotonic()
        with self._changed:
            while self.is_paused and not self._stopping.is_set():
                # A stop comes as another event, which nobody notifies here.
                self._changed.wait(_STOP_INTERVAL_S)
        self._meter.leave_out(time.monotonic() - began_s)
