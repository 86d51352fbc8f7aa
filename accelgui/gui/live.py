"""Everything that was sampled since the window was opened, and what happened meanwhile."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from accelgui.model.events import EpochDone, TrainingStarted
from accelgui.model.mark import DRIVER_CHANGED, Mark
from accelgui.telemetry import Store, Timeline
from accelgui.telemetry.recording import Header, Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.gui.session import Session
    from accelgui.model.events import Event, XidSeen
    from accelgui.model.sample import Sample


class Live(QObject):
    """The session's samples and marks on one axis; `grown` when there are more.

    `recorder` writes them to a file while there is one; `recording_changed` when that begins, ends
    or gets into trouble.

    `zero_s` is where the axis of plots begins, `zero_wall_s` the time of day there.
    """

    grown = Signal()
    recording_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.store = Store()
        self.timeline = Timeline()
        self.zero_s = self.timeline.now_s()
        self._session = session
        self.recorder: Recorder | None = None
        self._recording_zero_s = 0.0
        self._told_problem: str | None = None
        self._owner: str | None = None
        session.samples_arrived.connect(self._on_samples)
        session.xid_arrived.connect(self._on_xid)
        session.driver_changed.connect(lambda: self.mark(DRIVER_CHANGED))
        session.run_changed.connect(self._on_run_changed)
        session.run_events_arrived.connect(self._on_run_events)

    @property
    def zero_wall_s(self) -> float:
        """The time of day at the beginning, by the clock as it is set now."""
        return self.timeline.wall_s(self.zero_s)

    def begin(self) -> None:
        """Be there: what connects itself when it is made has to be made before the first values."""

    def record(self, path: Path) -> None:
        """Write what comes to a new file. Raises OSError where that cannot be done."""
        self.stop_recording()
        self._recording_zero_s = self.timeline.now_s()
        snapshot = self._session.snapshot
        machine = snapshot.machine if snapshot else None
        names = {device.key: device.name for device in machine.devices} if machine else {}
        wall_s = self.timeline.wall_s(self._recording_zero_s)
        self.recorder = Recorder(path, Header(wall_s, platform.node(), names))
        self._told_problem = None
        self.recording_changed.emit()

    def stop_recording(self) -> None:
        """End the file."""
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None
            self.recording_changed.emit()

    @property
    def recorded_s(self) -> float:
        """How long the recording is up to now."""
        return self.timeline.now_s() - self._recording_zero_s

    def mark(self, code: str, time_s: float | None = None, **parameters: str) -> None:
        """Keep that something happened, now unless said otherwise."""
        moment_s = self.timeline.now_s() if time_s is None else time_s
        mark = Mark(moment_s, code, tuple(parameters.items()))
        self.store.mark(mark)
        if self.recorder is not None:
            self.recorder.mark(mark, max(moment_s - self._recording_zero_s, 0.0))
        self.grown.emit()

    def _on_samples(self, samples: list[Sample]) -> None:
        for jump in self.timeline.jumps():
            if jump.code == "slept":
                self.store.break_off()
            self.mark(jump.code, jump.time_s, **dict(jump.parameters))
        for sample in samples:
            self._take(sample, self.timeline.place(sample.time_s))
        if self.recorder is not None and self.recorder.problem != self._told_problem:
            self._told_problem = self.recorder.problem
            self.recording_changed.emit()
        self.grown.emit()

    def _take(self, sample: Sample, time_s: float) -> None:
        self.store.take(sample, time_s)
        if self.recorder is not None and time_s >= self._recording_zero_s:
            self.recorder.take(sample, time_s - self._recording_zero_s)

    def _on_xid(self, seen: XidSeen) -> None:
        place_s = self.timeline.place(seen.time_s)
        self.mark("xid", place_s, device=seen.device, xid=str(seen.xid))

    def _on_run_changed(self) -> None:
        owner, before = self._session.run_owner, self._owner
        self._owner = owner
        if owner is not None and before is None:
            self.mark("run_started", owner=owner)
        elif owner is None and before is not None:
            self.mark("run_ended", owner=before)

    def _on_run_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case TrainingStarted() if event.time_s:
                    self.mark("first_step", self.timeline.place(event.time_s))
                case EpochDone():
                    epoch = str(event.epoch)
                    self.mark("epoch", self.timeline.place(event.time_s), epoch=epoch)
