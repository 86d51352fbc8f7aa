"""Writes every check, precision check and training of the window into the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from accelgui.history import History, HistoryError, Writer, default_path
from accelgui.history.entries import CHECK, PRECISION, TRAINING
from accelgui.history.opening import prepare
from accelgui.model.events import PrecisionRowDone, PrecisionStarted, TrainingDone, TrainingStarted
from accelgui.model.requests import PrecisionRequest, TrainingRequest
from accelgui.model.wire import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from accelgui.gui.pages.training.record import RunRecord
    from accelgui.gui.session import Session
    from accelgui.history.entries import Fact
    from accelgui.model.events import Event
    from accelgui.model.finding import Verdict
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import Sample
    from accelgui.telemetry import Series

_WRITE_MS = 1000


class Keeper(QObject):
    """Listens to the session. `changed` when the list is another, or writing got into trouble.

    `notice` is what a person has to know of the file, "" where nothing; without a file there is
    no `history`.
    """

    changed = Signal()

    def __init__(self, session: Session, path: Path | None = None) -> None:
        super().__init__(session)
        self.history: History | None = None
        self.writer: Writer | None = None
        self.notice = ""
        self._session = session
        self._run: _Run | None = None
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
            return
        self.writer = Writer(path, self.changed.emit)
        self.history = History(path)
        settings = self._session.settings
        days, megabytes = settings.history_days, settings.history_megabytes
        self.writer.tidy(
            int(days) if days.isdecimal() else None,
            int(megabytes) * 1_000_000 if megabytes.isdecimal() else None,
        )
        session = self._session
        session.run_started.connect(self._on_run_started)
        session.run_events_arrived.connect(self._on_run_events)
        session.samples_arrived.connect(self._on_samples)
        session.run_ended.connect(self._on_run_ended)
        session.checked.connect(self._on_checked)

    def _on_run_started(self, request: object) -> None:
        kind = {TrainingRequest: TRAINING, PrecisionRequest: PRECISION}.get(type(request))
        if kind is None or self.writer is None:
            return
        facts = {**self._machine_facts(), **_request_facts(request)}
        self._run = _Run(self.writer, kind, facts, request)
        self._timer.start()

    def _on_run_events(self, events: list[Event]) -> None:
        if self._run is not None:
            for event in events:
                self._run.take(event)

    def _on_samples(self, samples: list[Sample]) -> None:
        if self._run is not None and self._run.record is not None:
            for sample in samples:
                self._run.record.take_sample(sample)

    def _on_run_ended(self, outcome: RunOutcome) -> None:
        if self._run is not None:
            self._run.finish(outcome)
            self._run = None
            self._timer.stop()

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
        self.writer.keep(number, "snapshot", to_json(snapshot))
        self.writer.finish(number, "finished", facts)

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


class _Run:
    """The run under way, as far as it was written."""

    def __init__(self, writer: Writer, kind: str, facts: dict[str, Fact], request: object) -> None:
        self.record: RunRecord | None = None
        self._writer = writer
        self._facts = facts
        self._rows: list[object] = []
        self._counts = {"passed": 0, "lower": 0, "failed": 0}
        self._written_s: dict[tuple[str, str], float] = {}
        if isinstance(request, TrainingRequest):
            # It brings the plots, which a window that trains has anyway.
            from accelgui.gui.pages.training.record import RunRecord  # noqa: PLC0415

            self.record = RunRecord("history", request)
        self.number = writer.begin(kind, facts)

    def take(self, event: Event) -> None:
        """Keep what an event tells."""
        if self.record is not None:
            self.record.take(event)
        match event:
            case TrainingStarted() | PrecisionStarted():
                self._facts["framework"] = f"{event.framework} {event.framework_version}"
                self._facts["device"] = event.device
                self._facts["device_name"] = event.device_name
            case PrecisionRowDone():
                self._rows.append(to_json(event.row))
                self._counts[event.row.verdict.value] += 1
            case TrainingDone():
                names = ("loss", "accuracy", "validation_accuracy", "samples_per_second")
                self._facts |= {name: getattr(event, name) for name in names}
                self._facts["elapsed_s"] = event.elapsed_s

    def write(self) -> None:
        """Write the points that have come since the last time."""
        if self.record is None or self.record.zero_s is None:
            return
        for (panel, track), series in self.record.series.items():
            times, values = self._new_points((panel, track), series)
            if len(times):
                self._writer.add(self.number, panel, track, times - self.record.zero_s, values)

    def finish(self, outcome: RunOutcome) -> None:
        """Write the rest, and how it ended."""
        self.write()
        if self._rows:
            self._writer.keep(self.number, "rows", self._rows)
            self._facts |= {f"rows_{verdict}": count for verdict, count in self._counts.items()}
        facts = {name: _finite(value) for name, value in self._facts.items()}
        self._writer.finish(self.number, outcome.status.value, facts)

    def _new_points(
        self, place: tuple[str, str], series: Series
    ) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
        last_s = self._written_s.get(place, float("-inf"))
        first = int(np.searchsorted(series.times, last_s, side="right"))
        if first < len(series):
            self._written_s[place] = float(series.times[-1])
        return series.times[first:].copy(), series.values[first:].copy()


def _request_facts(request: object) -> Mapping[str, Fact]:
    facts = to_json(request)
    return {name: value for name, value in facts.items() if value is not None}


def _finite(value: Fact) -> Fact:
    """Return a value that JSON can hold: a loss that is not a number is told in words."""
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value
