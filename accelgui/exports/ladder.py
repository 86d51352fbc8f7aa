"""The acceleration ladder as CSV, JSON and SVG."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from accelgui.exports.charts import Bar, bars
from accelgui.model import SCHEMA
from accelgui.model.wire import to_json
from accelgui.words import _
from accelgui.words import ladder as words
from accelgui.words.devices import key_name
from accelgui.words.frameworks import framework_name
from accelgui.words.training import model_name
from accelgui.words.units import rate_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.events import LadderRung, LadderStarted

_COLUMNS = (
    "rung",
    "device",
    "batch_size",
    "execution",
    "precision",
    "samples_per_second",
    "low",
    "high",
    "times",
    "loss",
    "loss_unchanged",
    "joules_per_1000_samples",
    "is_kept",
    "reason",
)


def csv_text(rungs: Sequence[LadderRung]) -> str:
    """Return a line for each rung; what was not measured is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for rung in rungs:
        row = {**to_json(rung), "times": words.times(rung, rungs[0])}
        writer.writerow("" if row.get(name) is None else row[name] for name in _COLUMNS)
    return out.getvalue()


def json_text(started: LadderStarted | None, rungs: Sequence[LadderRung]) -> str:
    """Return one document."""
    rows = [{**to_json(rung), "times": words.times(rung, rungs[0])} for rung in rungs]
    document = {"schema": SCHEMA, "ladder": to_json(started), "rungs": rows}
    return json.dumps(document, allow_nan=False, indent=1) + "\n"


def svg_text(started: LadderStarted | None, rungs: Sequence[LadderRung]) -> str:
    """Return a picture: a bar for each rung, and what is to know of it."""
    rows = [_bar(rung, rungs[0]) for rung in rungs]
    return bars(_title(started), rows)


def _bar(rung: LadderRung, first: LadderRung) -> Bar:
    label = words.rung_name(rung.rung)
    if rung.samples_per_second is None:
        return Bar(label, words.reason(rung))
    times = words.times(rung, first)
    said = [rate_text(rung.samples_per_second), words.times_text(times) if times else ""]
    return Bar(label, " · ".join(filter(None, said)), rung.samples_per_second, rung.low, rung.high)


def _title(started: LadderStarted | None) -> str:
    if started is None:
        return _("Acceleration ladder")
    return _("Acceleration ladder: {model} with {framework} on {device}").format(
        model=model_name(started.model),
        framework=framework_name(started.framework, started.framework_version),
        device=key_name(started.device),
    )
