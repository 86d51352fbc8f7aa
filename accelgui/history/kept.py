"""An entry with all that is needed to show it again as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accelgui.history.entries import Entry
from accelgui.history.gathering import told
from accelgui.model.events import Event
from accelgui.model.outcome import RunOutcome
from accelgui.model.snapshot import Snapshot
from accelgui.model.wire import WireError, from_json
from accelgui.telemetry.series import Series

if TYPE_CHECKING:
    from accelgui.history.history import History

# The document that holds what a run told.
RUN = "run"


@dataclass(frozen=True)
class Kept:
    """What was kept of one entry. Times of `series` are seconds since the work began.

    `request` is JSON, as it was sent to the agent; `outcome` None for what was no run.
    """

    entry: Entry
    request: dict[str, Any]
    events: tuple[Event, ...]
    outcome: RunOutcome | None
    series: dict[tuple[str, str], Series]
    snapshot: Snapshot | None


def kept(history: History, number: int) -> Kept | None:
    """Read an entry whole, None where it is gone; what cannot be read of it is left out."""
    entry = history.entry(number)
    if entry is None:
        return None
    document = history.document(number, RUN) or {}
    try:
        events, outcome = told(document)
    except WireError:
        events, outcome = [], None
    request = {name: v for name, v in document.get("request", {}).items() if name != "type"}
    series = history.series(number)
    return Kept(entry, request, tuple(events), outcome, series, _snapshot(history, number))


def _snapshot(history: History, number: int) -> Snapshot | None:
    data = history.snapshot(number)
    try:
        return None if data is None else from_json(Snapshot, data)
    except WireError:
        return None
