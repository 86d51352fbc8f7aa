"""A thread for each source: one that hangs costs its own values only."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from accelgui.agent.samplers.source import nothing
from accelgui.model.events import SampleTaken
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.samplers.source import Source, Values

# After this long without an answer a source's values are told to be absent, tick for tick, and for
# how long it has not answered.
_PATIENCE_S = 2.0
SILENT = "silent_s"


class Station:
    """Takes one source's values when told to, though not more often than set, and sends them."""

    def __init__(self, source: Source, channel: Channel, every_s: float = 0.0) -> None:
        self._source = source
        self._channel = channel
        self._due = threading.Event()
        self._every_s = every_s
        self._asked_s = float("-inf")
        self._was_silent = self._is_slow = False
        name = f"sample {source.devices[0]}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def tick(self) -> None:
        """Ask for one set of values; never waits."""
        now_s = time.monotonic()
        if now_s - self._asked_s < self._every_s:
            return
        if not self._due.is_set():
            self._asked_s = now_s
            self._due.set()
        elif now_s - self._asked_s > _PATIENCE_S:
            self._was_silent = True
            silence = {SILENT: round(now_s - self._asked_s, 1)}
            absent = nothing(self._source).items()
            self._send(now_s, {device: {**values, **silence} for device, values in absent})

    def _work(self) -> None:
        while not self._channel.stopping.is_set():
            self._due.wait()
            values = self._taken()
            self._send(time.monotonic(), values)
            self._due.clear()

    def _taken(self) -> dict[str, Values]:
        begun_s = time.monotonic()
        values = self._source.take()
        was_slow, self._is_slow = self._is_slow, time.monotonic() - begun_s > _PATIENCE_S
        if self._is_slow and not was_slow:
            # Some of them are as old as the call that hung. A source that always takes so long
            # is told all the same.
            values = nothing(self._source)
        if self._was_silent:
            self._was_silent = False
            values = {device: {**told, SILENT: None} for device, told in values.items()}
        return values

    def _send(self, time_s: float, taken: dict[str, Values]) -> None:
        for device, values in taken.items():
            self._channel.send(SampleTaken(Sample(device, time_s, values)))
