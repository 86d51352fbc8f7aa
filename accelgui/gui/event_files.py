"""Writes every training of the window into event files as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from accelgui.model.requests import TrainingRequest
from accelgui.telemetry.event_files import EventLog, default_folder

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome


class EventFiles(QObject):
    """Listens to the session; `problem` is why the last run was not written, None if it was."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = default_folder()
        self.problem: str | None = None
        self._log: EventLog | None = None
        session.run_started.connect(self._on_run_started)
        session.run_events_arrived.connect(self._on_events)
        session.run_ended.connect(self._on_run_ended)

    def _on_run_started(self, request: object) -> None:
        if isinstance(request, TrainingRequest):
            self._log = EventLog(self.folder, is_tidied=True)

    def _on_events(self, events: list[Event]) -> None:
        if self._log is not None:
            for event in events:
                self._log.take(event)

    def _on_run_ended(self, _outcome: RunOutcome) -> None:
        if self._log is not None:
            self._log.close()
            self.problem, self._log = self._log.problem, None
