"""Writes every result of the window into the history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from accelgui.gui.kept_run import KeptRun
from accelgui.history import History, HistoryError, Writer, default_path
from accelgui.history.entries import ALERT, CHECK
from accelgui.history.opening import prepare
from accelgui.model.wire import to_json
from accelgui.telemetry.alerts.alert import UNITS
from accelgui.words import joining
from accelgui.words.history import tidied_text, too_large_text

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.gui.session import Session
    from accelgui.gui.watch import Watch
    from accelgui.history.entries import Fact
    from accelgui.model.events import Event
    from accelgui.model.finding import Verdict
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import Sample
    from accelgui.telemetry.alerts import Alert

_WRITE_MS = 1000

# "BatchSearchRequest" is kept as "batch_search".
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Keeper(QObject):
    """Listens to the session. `changed` when the list is another, or writing got into trouble.

    `notice` is what a person has to know of the file, "" where nothing. Where it cannot be
    written there is no `writer`, and where it cannot be read no `history`.
    """

    changed = Signal()

    def __init__(self, session: Session, path: Path | None = None) -> None:
        super().__init__(session)
        self.history: History | None = None
        self.writer: Writer | None = None
        self.notice = ""
        self._session = session
        self._run: KeptRun | None = None
        self._alerts: dict[tuple[str, str], tuple[int, dict[str, Fact]]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_WRITE_MS)
        self._timer.timeout.connect(self._write)
        self._open(path or default_path())

    @property
    def problem(self) -> str | None:
        """Why nothing can be written now, None while all is well."""
        return self.writer.problem if self.writer else None

    def close(self) -> None:
        """Write what is left and end."""
        self._timer.stop()
        self._write()
        if self.writer is not None:
            self.writer.close()
        if self.history is not None:
            self.history.close()

    def _open(self, path: Path) -> None:
        try:
            self.notice = prepare(path)
        except HistoryError as error:
            self.notice = str(error)
            if error.is_readable:
                self.history = History(path, is_read_only=True)
            return
        self.writer = Writer(path, self.changed.emit)
        self.history = History(path)
        self._tidy(purges=True)
        self._connect()

    def _connect(self) -> None:
        session = self._session
        session.options_changed.connect(self._tidy)
        session.watch_begun.connect(self._on_watch_begun)
        if session.has_watch:
            self._on_watch_begun(session.watch)
        session.run_started.connect(self._on_run_started)
        session.run_events_arrived.connect(self._on_run_events)
        session.samples_arrived.connect(self._on_samples)
        session.run_ended.connect(self._on_run_ended)
        session.checked.connect(self._on_checked)

    @property
    def tidied(self) -> str:
        """What the settings had removed, and whether the rest is too much, in words."""
        done = self.writer.tidied if self.writer else None
        if done is None:
            return ""
        days = self._session.settings.history_days
        parts = [tidied_text(done.too_old, done.too_much, days, done.most_bytes)]
        if done.is_too_large and done.most_bytes is not None:
            parts.append(too_large_text(done.left_bytes, done.most_bytes))
        return joining.sentences(parts)

    def _tidy(self, *, purges: bool = False) -> None:
        """Hold to the settings. What was deleted stays until the next start: it can come back."""
        if self.writer is None:
            return
        settings = self._session.settings
        days, megabytes = settings.history_days, settings.history_megabytes
        self.writer.tidy(
            int(days) if days.isdecimal() else None,
            int(megabytes) * 1_000_000 if megabytes.isdecimal() else None,
            purges=purges,
        )

    def _on_run_started(self, request: object) -> None:
        if self.writer is not None:
            machine, snapshot = self._machine_facts(), self._session.snapshot
            self._run = KeptRun(self.writer, _kind(request), machine, request, snapshot)
            self._timer.start()

    def _on_run_events(self, events: list[Event]) -> None:
        if self._run is not None:
            for event in events:
                self._run.take(event)

    def _on_samples(self, samples: list[Sample]) -> None:
        if self._run is not None:
            for sample in samples:
                self._run.take_sample(sample)

    def _on_run_ended(self, outcome: RunOutcome) -> None:
        if self._run is not None:
            self._run.finish(outcome)
            self._run = None
            self._timer.stop()
            self._tidy()

    def _on_checked(self, verdict: Verdict | None) -> None:
        snapshot = self._session.snapshot
        if self.writer is None or snapshot is None or verdict is None:
            return
        facts: dict[str, Fact] = {
            "verdict": verdict.status.value,
            "findings": ", ".join(finding.code for finding in verdict.findings),
            **self._machine_facts(),
        }
        number = self.writer.begin(CHECK, facts)
        self.writer.keep_snapshot(number, to_json(snapshot))
        self.writer.finish(number, "finished", facts)

    def _on_watch_begun(self, watch: Watch) -> None:
        watch.told.connect(self._on_alert)

    def _on_alert(self, alert: Alert) -> None:
        if self.writer is None:
            return
        facts = _alert_facts(alert)
        timeline = self._session.live.timeline
        if alert.end_s is None:
            facts |= self._machine_facts()
            number = self.writer.begin(ALERT, facts, timeline.wall_s(alert.start_s))
            self._alerts[alert.key] = number, facts
            if self._run is not None:
                self._run.take_alert(*alert.key)
        elif alert.key in self._alerts:
            number, begun = self._alerts.pop(alert.key)
            ended = {**begun, **facts, "elapsed_s": alert.end_s - alert.start_s}
            self.writer.finish(number, "finished", ended, timeline.wall_s(alert.end_s))

    def _write(self) -> None:
        if self._run is not None:
            self._run.write()

    def _machine_facts(self) -> dict[str, Fact]:
        """Return what bears on how fast and how right things are here."""
        snapshot = self._session.snapshot
        machine = snapshot.machine if snapshot else None
        if snapshot is None or machine is None:
            return {"python": self._session.python}
        return {
            "host": machine.host.hostname,
            "kernel": machine.host.kernel,
            "driver": machine.nvidia.nvml_driver_version,
            "devices": ", ".join(device.name for device in machine.devices),
            "python": self._session.python,
        }


def _alert_facts(alert: Alert) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"alert": alert.code, "device": alert.device}
    if alert.code not in UNITS:
        return {**facts, "nvml_error": alert.peak}
    unit = UNITS[alert.code]
    return {**facts, f"worst_{unit}": alert.peak, f"threshold_{unit}": alert.threshold}


def _kind(request: object) -> str:
    """Return the kind of an entry that begins with a request."""
    return _CAPITAL.sub("_", type(request).__name__.removesuffix("Request")).lower()
