"""A training of the history as a record that the page can show beside those of now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.gui.pages.training.record import RunRecord
from accelgui.gui.pages.training.remedies import finding_of
from accelgui.model.events import TrainingStarted
from accelgui.model.requests import TrainingRequest
from accelgui.model.wire import WireError, from_json

if TYPE_CHECKING:
    from accelgui.history import Kept


def record_of(kept: Kept) -> RunRecord | None:
    """Return a record on an axis that begins at 0 with the first step.

    None where the entry was written by another version, in a form that is not understood.
    """
    if kept.outcome is None:
        return None
    try:
        request = from_json(TrainingRequest, kept.request)
    except WireError:
        return None
    record = RunRecord(f"history-{kept.entry.id}", request)
    for event in kept.events:
        record.take(replace(event, time_s=0.0) if isinstance(event, TrainingStarted) else event)
    # What the last event told is in the series already, with all that came before.
    record.series = dict(kept.series)
    record.outcome = kept.outcome
    record.finding = finding_of(record)
    record.then = kept.entry.name, kept.entry.begun_s
    return record
