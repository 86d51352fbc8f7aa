"""The window's values for Prometheus, where a person wants that."""

from __future__ import annotations

import platform
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from accelgui.metrics import Board, MetricsError, Server
from accelgui.metrics.board import RunState
from accelgui.model.events import LadderStarted, Progress, TrainingProgress, TrainingStarted
from accelgui.model.precision_events import PrecisionStarted

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.gui.watch import Watch
    from accelgui.model.events import Event, XidSeen
    from accelgui.model.sample import Sample
    from accelgui.model.snapshot import Snapshot


class Endpoint(QObject):
    """Serves while the settings say so, at the loopback address alone.

    `url` is where, "" while it does not serve; `problem` says why it cannot. `changed` when either
    is another.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.url = ""
        self.problem = ""
        self._session = session
        self._board = Board(platform.node())
        self._server: Server | None = None
        self._wanted = ("off", 0)
        if session.snapshot is not None:
            self._on_snapshot(session.snapshot)
        session.snapshot_changed.connect(self._on_snapshot)
        session.samples_arrived.connect(self._on_samples)
        session.xid_arrived.connect(self._on_xid)
        session.run_events_arrived.connect(self._on_run_events)
        session.run_ended.connect(self._on_run_ended)
        session.watch_begun.connect(self._on_watch_begun)
        session.options_changed.connect(self.apply)
        session.closing.connect(self.close)
        self.apply()

    def apply(self) -> None:
        """Serve, or not, as the settings say."""
        settings = self._session.settings
        wanted = (settings.metrics, settings.metrics_port)
        if wanted == self._wanted and not self.problem:
            return
        self._wanted = wanted
        self.close()
        if settings.metrics == "on":
            try:
                self._server = Server(self._board, settings.metrics_port)
            except MetricsError as error:
                self.problem = str(error)
            else:
                self.url = self._server.url
        self.changed.emit()

    def close(self) -> None:
        """Serve no longer."""
        self.url = self.problem = ""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.machine is not None:
            machine = snapshot.machine
            self._board.name(machine.devices, machine.nvidia.nvml_driver_version)

    def _on_samples(self, samples: list[Sample]) -> None:
        for sample in samples:
            self._board.take(sample)

    def _on_xid(self, seen: XidSeen) -> None:
        self._board.take_xid(seen.device, seen.xid)

    def _on_run_events(self, events: list[Event]) -> None:
        kind = self._session.run_owner or "run"
        run = self._board.state().run or RunState(kind)
        for event in events:
            run = _after(run, event)
        self._board.show_run(run)

    def _on_run_ended(self) -> None:
        self._board.show_run(None)

    def _on_watch_begun(self, watch: Watch) -> None:
        watch.looked.connect(
            lambda: self._board.show_alerts(tuple(alert.key for alert in watch.active))
        )


def _after(run: RunState, event: Event) -> RunState:
    match event:
        case TrainingStarted() | PrecisionStarted() | LadderStarted():
            return replace(run, framework=event.framework, device=event.device)
        case Progress() if event.total > 0:
            return replace(run, progress_share=min(event.done / event.total, 1.0))
        case TrainingProgress():
            return replace(
                run,
                step=event.step,
                epoch=event.epoch,
                loss=event.loss,
                accuracy=event.accuracy,
                samples_per_second=event.samples_per_second,
            )
    return run
