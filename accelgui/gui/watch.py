"""Lets samples, disk and run be watched for what needs a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from accelgui.history import default_path
from accelgui.model.events import TrainingProgress, TrainingStarted
from accelgui.telemetry.alerts import Alert, Alerts, Limits, Thresholds
from accelgui.telemetry.alerts.disk import DiskWatch, usual_folders

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import Sample


class Watch(QObject):
    """The alerts of this session; what is raised leaves a mark on the axis of live values.

    `told(Alert)` when one is raised, or, with an `end_s`, over; `looked()` after every batch of
    samples, when values may have changed.
    """

    told = Signal(object)
    looked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.alerts = Alerts(self._thresholds())
        self._disk = DiskWatch(usual_folders(default_path().parent))
        session.samples_arrived.connect(self._on_samples)
        session.run_events_arrived.connect(self._on_run_events)
        session.run_paused.connect(self._on_run_paused)
        session.run_ended.connect(self._on_run_ended)
        session.snapshot_changed.connect(self.read_options)
        session.options_changed.connect(self.read_options)
        session.sampling_changed.connect(self._on_sampling_changed)
        session.closing.connect(self.close)

    @property
    def active(self) -> tuple[Alert, ...]:
        """What is raised now, the worst first."""
        return self.alerts.active

    def begin(self) -> None:
        """Be there: see Live.begin."""

    def read_options(self) -> None:
        """Watch as the settings say, near the limits that the devices told."""
        self._tell(self.alerts.change(self._thresholds()))
        self.looked.emit()

    def close(self) -> None:
        """End what is raised, and the watching."""
        self._tell(self.alerts.end())
        self._disk.close()

    def _on_samples(self, samples: list[Sample]) -> None:
        timeline = self._session.live.timeline
        for sample in samples:
            self._tell(self.alerts.take(sample, timeline.place(sample.time_s)))
        now_s = timeline.now_s()
        self._tell(self.alerts.take_disks(self._disk.rooms, now_s))
        self._tell(self.alerts.look(now_s))
        self.looked.emit()

    def _on_run_events(self, events: list[Event]) -> None:
        timeline = self._session.live.timeline
        for event in events:
            match event:
                case TrainingStarted():
                    self.alerts.stall.begin(event.device, timeline.now_s())
                case TrainingProgress():
                    self.alerts.stall.step(timeline.place(event.time_s))

    def _on_run_paused(self, is_paused: bool) -> None:
        self._tell(self.alerts.pause_run(is_paused=is_paused))

    def _on_run_ended(self) -> None:
        self._tell(self.alerts.end_run())
        self.looked.emit()

    def _on_sampling_changed(self, outcome: RunOutcome | None) -> None:
        if outcome is not None:
            # Nobody tells of anything any more.
            self._tell(self.alerts.end())
            self.looked.emit()

    def _tell(self, alerts: list[Alert]) -> None:
        for alert in alerts:
            code = "alert" if alert.end_s is None else "alert_over"
            self._session.live.mark(code, alert=alert.code, device=alert.device)
            self.told.emit(alert)

    def _thresholds(self) -> Thresholds:
        snapshot = self._session.snapshot
        machine = snapshot.machine if snapshot else None
        devices = machine.devices if machine else ()
        limits = {device.key: Limits.of(device) for device in devices}
        return Thresholds.of(self._session.settings.alert_choices(), limits)
