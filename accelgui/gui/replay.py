"""A recording with a place in it that moves: play, seek, speed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from accelgui.telemetry import Store
    from accelgui.telemetry.recording import Header

_STEP_MS = 50


class Replay(QObject):
    """What the monitor draws instead of live values. `moved(float)` tells the place in seconds."""

    moved = Signal(float)
    playing_changed = Signal(bool)

    def __init__(self, header: Header, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.header = header
        self.store = store
        self.zero_s = 0.0
        self.speed = 1.0
        self.position_s = 0.0
        self._last_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._on_step)

    @property
    def zero_wall_s(self) -> float:
        """The time of day at the beginning."""
        return self.header.zero_wall_s

    @property
    def end_s(self) -> float:
        """How long the recording is."""
        return self.store.end_s or 0.0

    @property
    def is_playing(self) -> bool:
        """Whether the place moves by itself."""
        return self._timer.isActive()

    def play(self, is_playing: bool) -> None:
        """Let the place move, from the beginning where it is at the end; or stop it."""
        if is_playing == self.is_playing:
            return
        if is_playing:
            if self.position_s >= self.end_s:
                self.seek(0.0)
            self._last_s = time.monotonic()
            self._timer.start()
        else:
            self._timer.stop()
        self.playing_changed.emit(is_playing)

    def seek(self, position_s: float) -> None:
        """Go to a place."""
        self.position_s = min(max(position_s, 0.0), self.end_s)
        self.moved.emit(self.position_s)

    def _on_step(self) -> None:
        now_s = time.monotonic()
        elapsed_s, self._last_s = now_s - self._last_s, now_s
        self.seek(self.position_s + elapsed_s * self.speed)
        if self.position_s >= self.end_s:
            self.play(False)
