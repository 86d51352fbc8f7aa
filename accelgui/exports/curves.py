"""The curves of trainings as CSV, JSON and SVG."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accelgui.exports.charts import Chart, Line, line_charts
from accelgui.model import SCHEMA
from accelgui.model.events import EpochDone, TrainingProgress, TrainingStarted
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accelgui.model.events import Event

COLUMNS = ("run", "quantity", "series", "time_s", "value")


@dataclass(frozen=True)
class Curve:
    """Values over seconds since the first step; NaN is a gap."""

    run: str
    quantity: str
    series: str
    times_s: Sequence[float]
    values: Sequence[float]


@dataclass
class CurveKeeper:
    """Keeps what a training tells, in the names that the window's plots have."""

    run: str
    _zero_s: float = 0.0
    _points: dict[tuple[str, str], tuple[list[float], list[float]]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Keep what an event tells."""
        match event:
            case TrainingStarted():
                self._zero_s = event.time_s
            case TrainingProgress():
                self._add("loss", "training", event.time_s, event.loss)
                self._add("accuracy", "training", event.time_s, event.accuracy)
                self._add("rate", "training", event.time_s, event.samples_per_second)
                if event.learning_rate is not None:
                    self._add("learning_rate", "training", event.time_s, event.learning_rate)
            case EpochDone():
                self._add("loss", "validation", event.time_s, event.validation_loss)
                self._add("accuracy", "validation", event.time_s, event.validation_accuracy)

    def curves(self) -> list[Curve]:
        """Return them as far as they have come."""
        # Training before validation, whichever was told first: colours go by the order.
        return [
            Curve(self.run, quantity, series, *points)
            for (quantity, series), points in sorted(self._points.items())
        ]

    def _add(self, quantity: str, series: str, time_s: float, value: float) -> None:
        times_s, values = self._points.setdefault((quantity, series), ([], []))
        times_s.append(time_s - self._zero_s)
        values.append(value)


def csv_text(curves: Iterable[Curve]) -> str:
    """Return one line for each value; a gap is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for curve in curves:
        for time_s, value in zip(curve.times_s, curve.values, strict=True):
            text = "" if math.isnan(value) else f"{value:.9g}"
            writer.writerow((curve.run, curve.quantity, curve.series, f"{time_s:.6f}", text))
    return out.getvalue()


def json_text(curves: Iterable[Curve], **more: Any) -> str:
    """Return one document; a value that is no finite number is null."""
    rows = [
        {
            "run": curve.run,
            "quantity": curve.quantity,
            "series": curve.series,
            "time_s": [round(float(time_s), 6) for time_s in curve.times_s],
            "value": [float(v) if math.isfinite(v) else None for v in curve.values],
        }
        for curve in curves
    ]
    return json.dumps({"schema": SCHEMA, **more, "curves": rows}, allow_nan=False, indent=1) + "\n"


def svg_text(curves: Sequence[Curve], title: str) -> str:
    """Return a picture: loss, accuracy and pace over time, each with its series."""
    return line_charts(title, list(_charts(curves)), _("Seconds since the first step"))


def _charts(curves: Sequence[Curve]) -> Iterator[Chart]:
    names = {"training": _("training"), "validation": _("validation")}
    for quantity, title in (
        ("loss", _("Loss")),
        ("accuracy", _("Accuracy")),
        ("rate", _("Samples/s")),
    ):
        lines = [
            Line(names.get(curve.series, curve.series), curve.times_s, curve.values)
            for curve in curves
            if curve.quantity == quantity
        ]
        if lines:
            yield Chart(title, lines)
