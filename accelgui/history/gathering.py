"""What a run told, in the form in which it is kept and can be shown again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accelgui.history.comparing import ARITHMETIC
from accelgui.model.events import (
    Alive,
    BatchSearchDone,
    EpochDone,
    Hello,
    LadderRung,
    LadderStarted,
    ProcessesSeen,
    Progress,
    SampleTaken,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
    decode,
)
from accelgui.model.outcome import RunOutcome
from accelgui.model.precision_events import (
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
    SoakProgress,
)
from accelgui.model.wire import WireError, from_json, to_json
from accelgui.runs.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accelgui.history.entries import Fact
    from accelgui.model.events import Event
    from accelgui.model.sample import Sample

# They say nothing once the run is over.
_PASSING = (Alive, Hello, Progress, SampleTaken, ProcessesSeen)
# Only the last of these says something; a training's curves are kept as series.
_LATEST = (SoakProgress, TrainingProgress)

# From the worst to the best; what lowers precision without a name of its own is "lower".
_CLASSES = ("bfloat16", "tf32", "float32", "cut_off")

# Known of the framework, not of the device.
_OF_LIBRARY = "library"


class Gathering:
    """The facts and events of one run, as they come."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts: dict[str, Fact] = dict(facts)
        self._events: list[Event] = []
        self._latest: dict[type, Event] = {}
        self._conditions: Conditions | None = None
        self._alerts: dict[str, None] = {}

    @property
    def device(self) -> str | None:
        """The device of the run, None before it was told."""
        return self._conditions.device if self._conditions else None

    def take(self, event: Event) -> None:
        """Keep what an event tells."""
        if isinstance(event, _LATEST):
            self._latest[type(event)] = event
        elif not isinstance(event, _PASSING):
            self._events.append(event)
        match event:
            case TrainingStarted() | PrecisionStarted() | LadderStarted():
                self._facts["framework"] = f"{event.framework} {event.framework_version}"
                self._facts["device"] = event.device
                self._facts["device_name"] = event.device_name
                self._conditions = Conditions(event.device)
            case BatchSearchDone():
                self._facts["largest_batch"] = event.found.batch_size
            # A run that is cut off has no last word.
            case TrainingProgress():
                self._facts |= {"loss": event.loss, "accuracy": event.accuracy}
            case EpochDone():
                self._facts["validation_accuracy"] = event.validation_accuracy
            case TrainingDone():
                names = ("loss", "accuracy", "validation_accuracy", "samples_per_second")
                self._facts |= {name: getattr(event, name) for name in names}
                self._facts["elapsed_s"] = event.elapsed_s

    def take_sample(self, sample: Sample) -> None:
        """Keep how warm and fast the device was."""
        if self._conditions is not None:
            self._conditions.take(sample)

    def take_alert(self, code: str, device: str) -> None:
        """Keep that an alert was raised meanwhile."""
        self._alerts[f"{code} {device}"] = None

    def facts(self) -> dict[str, Fact]:
        """Return what to compare."""
        facts = {
            **self._facts,
            **_precision_facts(self._rows()),
            **_soak_facts(self._latest.get(SoakProgress)),
            **_ladder_facts(self._rungs()),
        }
        if self._alerts:
            facts["alerts"] = ", ".join(self._alerts)
        return {name: _finite(value) for name, value in facts.items()}

    def document(self, request: object, outcome: RunOutcome) -> dict[str, Any]:
        """Return everything as JSON; `told` reads it."""
        latest = [self._with_conditions(event) for event in self._latest.values()]
        return {
            "request": {"type": type(request).__name__, **to_json(request)},
            "events": [
                {"event": type(event).__name__, **to_json(event)}
                for event in (*self._events, *latest)
            ],
            "outcome": to_json(outcome),
        }

    def _with_conditions(self, event: Event) -> Event:
        if isinstance(event, SoakProgress) and self._conditions is not None:
            return replace(event, conditions=self._conditions.told())
        return event

    def _rows(self) -> list[PrecisionRow]:
        return [event.row for event in self._events if isinstance(event, PrecisionRowDone)]

    def _rungs(self) -> list[LadderRung]:
        return [event for event in self._events if isinstance(event, LadderRung)]


def told(document: dict[str, Any]) -> tuple[list[Event], RunOutcome]:
    """Return the events and the outcome that a document keeps.

    Events that only a newer accelgui knows are left out. Raises WireError where there is no
    outcome.
    """
    events = []
    for data in document.get("events", ()):
        try:
            events.append(decode(json.dumps(data)))
        except WireError:
            continue
    return events, from_json(RunOutcome, document.get("outcome"))


def rows_by_place(events: Iterable[Event]) -> dict[PrecisionRow, tuple[str, float | None]]:
    """Return verdict and ratio of each row, by the row without what was measured."""
    found = {}
    for event in events:
        if isinstance(event, PrecisionRowDone):
            row = event.row
            place = PrecisionRow(row.operation, row.dtype, row.tier, RowVerdict.PASSED)
            place = replace(place, shape=row.shape)
            ratio = row.ratio if row.ratio is None or math.isfinite(row.ratio) else None
            found[place] = row.verdict.value, ratio
    return found


def _precision_facts(rows: list[PrecisionRow]) -> dict[str, Fact]:
    if not rows:
        return {}
    facts: dict[str, Fact] = {
        f"rows_{verdict.value}": sum(row.verdict is verdict for row in rows)
        for verdict in RowVerdict
    }
    for dtype in dict.fromkeys(row.dtype for row in rows):
        facts[f"{ARITHMETIC}{dtype}"] = _arithmetic([row for row in rows if row.dtype == dtype])
    return facts


def _soak_facts(soak: Event | None) -> dict[str, Fact]:
    if not isinstance(soak, SoakProgress):
        return {}
    return {
        "mismatches": soak.mismatches + soak.memory_errors,
        "elements": soak.elements,
        "elapsed_s": soak.elapsed_s,
    }


def _arithmetic(rows: list[PrecisionRow]) -> str:
    rows = [row for row in rows if row.reason != _OF_LIBRARY]
    if any(row.verdict is RowVerdict.FAILED for row in rows):
        return "failed"
    lower = {row.reason for row in rows if row.verdict is RowVerdict.LOWER}
    if not lower:
        return "right"
    return next((name for name in _CLASSES if name in lower), "lower")


def _ladder_facts(rungs: list[LadderRung]) -> dict[str, Fact]:
    rates = {rung.rung: rung.samples_per_second for rung in rungs if rung.samples_per_second}
    if not rates:
        return {}
    best = max(rates, key=lambda rung: rates[rung] or 0.0)
    facts: dict[str, Fact] = {"best_rung": best, "samples_per_second": rates[best]}
    return {**facts, **{f"rung_{rung}": rate for rung, rate in rates.items()}}


def _finite(value: Fact) -> Fact:
    """Return a value that JSON can hold: a loss that is not a number is told in words."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
