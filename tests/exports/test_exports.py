"""Runs and ladders as files that other programs read."""

from __future__ import annotations

import csv
import io
import json
import math
from xml.etree import ElementTree as ET

from accelgui.exports import curves, ladder
from accelgui.exports.charts import Chart, Line, line_charts
from accelgui.exports.curves import CurveKeeper
from accelgui.model.events import (
    EpochDone,
    LadderRung,
    LadderStarted,
    TrainingProgress,
    TrainingStarted,
)

HOSTILE = 'a,"b"\n<script>&\x07.py'
RUNGS = [
    LadderRung("cpu_eager", "cpu", 32, "eager", "float32", 500.0, 480.0, 510.0, 9, 0.5, None, 2.5),
    LadderRung("tf32", "cpu", 32, "graph", "float32", reason="no_tf32"),
    LadderRung(
        "larger_batch", "cpu", 128, "xla", "float32", 5000.0, 4000.0, 5500.0, 9, is_kept=True
    ),
]
STARTED = LadderStarted("jax", "0.8", "cpu", "CPU", "mlp", ("cpu_eager", "tf32", "larger_batch"))


def kept(run: str = "MLP") -> list[curves.Curve]:
    keeper = CurveKeeper(run)
    keeper.take(TrainingStarted("jax", "1", "cpu", "CPU", "mlp", 1, 1, 1, 1, 1, 1, 100.0))
    keeper.take(EpochDone(101.0, 1, 1, 0.5, 0.75, 0.625, 0.5))
    for number, loss in enumerate((0.5, math.nan, 0.25), start=1):
        keeper.take(TrainingProgress(100.0 + number, number, 1, loss, 0.75, 1000.0, 0.01))
    return keeper.curves()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_that_curves_come_back_from_csv_as_they_were() -> None:
    told = rows(curves.csv_text(kept(HOSTILE)))
    loss = [row for row in told if (row["quantity"], row["series"]) == ("loss", "training")]
    assert [(row["time_s"], row["value"]) for row in loss] == [
        ("1.000000", "0.5"),
        ("2.000000", ""),
        ("3.000000", "0.25"),
    ]
    assert {row["run"] for row in told} == {HOSTILE}


def test_that_curves_in_json_say_null_for_what_is_no_number() -> None:
    document = json.loads(curves.json_text(kept(), parameters={"epochs": 1}))
    assert document["parameters"] == {"epochs": 1}
    (loss,) = [
        curve
        for curve in document["curves"]
        if (curve["quantity"], curve["series"]) == ("loss", "training")
    ]
    assert loss["value"] == [0.5, None, 0.25]
    assert loss["time_s"] == [1, 2, 3]


def test_that_the_picture_of_curves_is_sound_whatever_the_name() -> None:
    picture = ET.fromstring(curves.svg_text(kept(HOSTILE), HOSTILE))
    words = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Loss", "Accuracy", "Samples/s", "training", "validation"} <= set(words)
    # The loss has a gap: two pieces of one point each, beside one for each other series.
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 6


def test_that_a_picture_of_nothing_or_of_one_value_can_be_drawn() -> None:
    one, none = Line("a", [0.0], [1.0]), Line("a", [1.0], [math.nan])
    for lines in ([], [Line("a", [], [])], [one], [none]):
        ET.fromstring(line_charts("t", [Chart("c", lines)], "x"))


def test_that_a_ladder_goes_into_csv_with_empty_fields_for_what_was_not_measured() -> None:
    first, tf32, last = rows(ladder.csv_text(RUNGS))
    assert first["samples_per_second"] == "500.0"
    assert (tf32["samples_per_second"], tf32["reason"]) == ("", "no_tf32")
    assert last["times"] == "10.0"


def test_that_a_ladder_goes_into_json_and_a_picture() -> None:
    document = json.loads(ladder.json_text(STARTED, RUNGS))
    assert [rung["times"] for rung in document["rungs"]] == [1, None, 10]
    assert document["ladder"]["model"] == "mlp"
    picture = ET.fromstring(ladder.svg_text(STARTED, RUNGS))
    words = " ".join(filter(None, (element.text for element in picture.iter())))
    assert "5,000 samples/s · × 10" in words
    assert "does not multiply in TF32" in words


def test_that_a_ladder_without_rungs_can_be_saved() -> None:
    assert json.loads(ladder.json_text(None, []))["rungs"] == []
    assert rows(ladder.csv_text([])) == []
    ET.fromstring(ladder.svg_text(None, []))
