"""The run under way, as far as it was written into the history."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from accelgui.history.curves import Curves
from accelgui.history.gathering import Gathering
from accelgui.history.kept import RUN
from accelgui.model.requests import TrainingRequest
from accelgui.model.wire import to_json

if TYPE_CHECKING:
    from accelgui.gui.pages.training.record import RunRecord
    from accelgui.history import Writer
    from accelgui.history.entries import Fact
    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import Sample
    from accelgui.telemetry import Series


class KeptRun:
    """Begun when the run is; `write` now and then, `finish` when it has ended."""

    def __init__(
        self, writer: Writer, kind: str, machine: dict[str, Fact], request: object, snapshot: object
    ) -> None:
        self._writer = writer
        self._request = request
        facts = {**machine, **_request_facts(request)}
        self._gathering = Gathering(facts)
        self._curves: RunRecord | Curves | None = None
        self._record: RunRecord | None = None
        self._written_s: dict[tuple[str, str], float] = {}
        self._noted = facts
        if isinstance(request, TrainingRequest):
            # It brings the plots, which a window that trains has anyway.
            from accelgui.gui.pages.training.record import RunRecord  # noqa: PLC0415

            self._curves = self._record = RunRecord("history", request)
        self.number = writer.begin(kind, facts)
        if snapshot is not None:
            writer.keep_snapshot(self.number, to_json(snapshot))

    def take(self, event: Event) -> None:
        """Keep what an event tells."""
        self._gathering.take(event)
        if self._record is not None:
            self._record.take(event)
        elif self._curves is None and self._gathering.device is not None:
            self._curves = Curves(self._gathering.device, time.monotonic())

    def take_sample(self, sample: Sample) -> None:
        """Keep the values that bear on the run."""
        self._gathering.take_sample(sample)
        if self._curves is not None:
            self._curves.take_sample(sample)

    def take_alert(self, code: str, device: str) -> None:
        """Keep that an alert was raised meanwhile."""
        self._gathering.take_alert(code, device)

    def write(self) -> None:
        """Write what has come since the last time."""
        facts = self._gathering.facts()
        if facts != self._noted:
            self._noted = facts
            self._writer.note_facts(self.number, facts)
        curves = self._curves
        if curves is None or curves.zero_s is None:
            return
        for (panel, track), series in curves.series.items():
            times, values = self._new_points((panel, track), series)
            if len(times):
                self._writer.add(self.number, panel, track, times - curves.zero_s, values)

    def finish(self, outcome: RunOutcome) -> None:
        """Write the rest, and how it ended."""
        self.write()
        self._writer.keep(self.number, RUN, self._gathering.document(self._request, outcome))
        self._writer.finish(self.number, outcome.status.value, self._gathering.facts())

    def _new_points(
        self, place: tuple[str, str], series: Series
    ) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
        last_s = self._written_s.get(place, float("-inf"))
        first = int(np.searchsorted(series.times, last_s, side="right"))
        if first < len(series):
            self._written_s[place] = float(series.times[-1])
        return series.times[first:].copy(), series.values[first:].copy()


def _request_facts(request: object) -> dict[str, Fact]:
    """Return what was asked for; what a list or an object asks for is told by the run itself."""
    # A search for a batch is one for a training.
    facts = to_json(getattr(request, "training", request))
    plain = (str, int, float, bool)
    return {name: value for name, value in facts.items() if isinstance(value, plain)}
