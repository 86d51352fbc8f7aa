from __future__ import annotations

import json
import math

import pytest

from accelgui.history.gathering import Gathering, rows_by_place, told
from accelgui.model.events import (
    BatchSearchDone,
    BatchTried,
    LadderRung,
    LadderStarted,
    Progress,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
)
from accelgui.model.memory import LargestBatch
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.precision import RowDetail
from accelgui.model.precision_events import (
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
    SoakProgress,
)
from accelgui.model.requests import PrecisionRequest, TrainingRequest
from accelgui.model.sample import Sample
from accelgui.model.wire import WireError
from accelgui.words.history import result

ENDED = RunOutcome(RunStatus.FINISHED, 3.0)
STARTED = PrecisionStarted("jax", "0.10", "gpu:0", "NVIDIA H200", 2)


def row(verdict: RowVerdict, dtype: str = "float32", reason: str | None = None) -> PrecisionRow:
    return PrecisionRow("matmul", dtype, "bound", verdict, ratio=0.5, reason=reason)


def through_json(gathering: Gathering) -> tuple[list[object], RunOutcome]:
    document = gathering.document(PrecisionRequest(), ENDED)
    events, outcome = told(json.loads(json.dumps(document, allow_nan=False)))
    return list(events), outcome


def test_that_what_a_precision_check_told_comes_back_whole() -> None:
    detail = RowDetail(histogram=(1, 2), heat=((0.5, -1.0),), reproducer="print(1)")
    worst = PrecisionRow("sum", "float16", "exact", RowVerdict.FAILED, math.nan, detail=detail)
    gathering = Gathering({})
    for event in (STARTED, PrecisionRowDone(row(RowVerdict.PASSED)), PrecisionRowDone(worst)):
        gathering.take(event)
        gathering.take(Progress(1, 2, "check"))

    events, outcome = through_json(gathering)

    assert outcome == ENDED
    assert events[:2] == [STARTED, PrecisionRowDone(row(RowVerdict.PASSED))]
    assert isinstance(events[2], PrecisionRowDone)
    assert events[2].row.error is not None
    assert math.isnan(events[2].row.error)
    assert events[2].row.detail == detail
    assert len(events) == 3


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([row(RowVerdict.PASSED)], "right"),
        ([row(RowVerdict.PASSED), row(RowVerdict.LOWER, reason="tf32")], "tf32"),
        ([row(RowVerdict.LOWER, reason=code) for code in ("tf32", "bfloat16")], "bfloat16"),
        ([row(RowVerdict.LOWER)], "lower"),
        ([row(RowVerdict.LOWER, reason="tf32"), row(RowVerdict.FAILED)], "failed"),
        ([row(RowVerdict.PASSED), row(RowVerdict.FAILED, reason="library")], "right"),
    ],
)
def test_that_each_dtype_has_a_class_of_precision(rows: list[PrecisionRow], name: str) -> None:
    gathering = Gathering({})
    for one in rows:
        gathering.take(PrecisionRowDone(one))
    assert gathering.facts()["arithmetic_float32"] == name


def test_that_of_a_soak_the_last_word_is_kept_with_how_warm_it_was() -> None:
    gathering = Gathering({})
    gathering.take(STARTED)
    for seconds in range(5):
        gathering.take(SoakProgress(float(seconds), 5.0, seconds, 100, 0))
        gathering.take_sample(Sample("gpu:0", 0.0, {"temperature_celsius": 60.0 + seconds}))
    soaks = [event for event in through_json(gathering)[0] if isinstance(event, SoakProgress)]
    assert [soak.rounds for soak in soaks] == [4]
    spread = soaks[0].conditions["temperature_celsius"]
    assert spread is not None
    assert (spread.minimum, spread.maximum) == (60.0, 64.0)
    facts = gathering.facts()
    assert (facts["mismatches"], facts["elements"], facts["elapsed_s"]) == (0, 100, 4.0)
    assert result("precision", facts) == "0 wrong results in 4.0 s"


def test_that_a_ladder_is_known_by_its_fastest_rung() -> None:
    gathering = Gathering({})
    gathering.take(
        LadderStarted("jax", "0.10", "gpu:0", "H200", "mlp", ("cpu_eager", "xla", "tf32"))
    )
    for name, rate in (("cpu_eager", 10.0), ("xla", 90.0), ("tf32", None)):
        gathering.take(LadderRung(name, "gpu:0", 32, "graph", "float32", rate))
    facts = gathering.facts()
    assert (facts["best_rung"], facts["samples_per_second"]) == ("xla", 90.0)
    assert facts["rung_cpu_eager"] == 10.0
    assert "rung_tf32" not in facts


def test_that_a_training_keeps_its_last_word_and_not_every_step() -> None:
    gathering = Gathering({"driver": "580"})
    started = TrainingStarted("jax", "0.10", "cpu", "EPYC", "mlp", 1, 32, 5, 9, 9, 9, 50.0)
    done = TrainingDone(5, 45, math.nan, None, None, 0.9, 100.0, 2.0, finite=False)
    gathering.take(started)
    for step in range(100):
        gathering.take(TrainingProgress(51.0, step, 1, 0.5, 0.9, 100.0))
    gathering.take(done)
    events, _outcome = told(gathering.document(TrainingRequest(), ENDED))
    assert [type(event) for event in events] == [TrainingStarted, TrainingDone, TrainingProgress]
    facts = gathering.facts()
    assert facts["loss"] == "nan"
    assert facts["framework"] == "jax 0.10"
    assert facts["driver"] == "580"


def test_that_a_search_for_a_batch_is_known_by_what_it_found() -> None:
    gathering = Gathering({})
    gathering.take(BatchTried(64, fits=True))
    gathering.take(BatchSearchDone(LargestBatch(64, 128)))
    assert gathering.facts()["largest_batch"] == 64


def test_that_alerts_meanwhile_are_a_fact() -> None:
    gathering = Gathering({})
    assert "alerts" not in gathering.facts()
    for device in ("gpu:0", "gpu:1", "gpu:0"):
        gathering.take_alert("device_hot", device)
    assert gathering.facts()["alerts"] == "device_hot gpu:0, device_hot gpu:1"


def test_that_events_of_a_newer_version_are_left_out() -> None:
    gathering = Gathering({})
    gathering.take(STARTED)
    document = gathering.document(PrecisionRequest(), ENDED)
    document["events"].insert(0, {"event": "OfTomorrow", "what": 1})
    assert told(document)[0] == [STARTED]


def test_that_without_an_outcome_nothing_can_be_shown() -> None:
    with pytest.raises(WireError):
        told({"events": []})


def test_that_rows_are_known_by_what_they_are_of() -> None:
    first, second = row(RowVerdict.PASSED), row(RowVerdict.FAILED, dtype="float16")
    found = rows_by_place([PrecisionRowDone(first), PrecisionRowDone(second)])
    assert list(found.values()) == [("passed", 0.5), ("failed", 0.5)]
    again = rows_by_place([PrecisionRowDone(row(RowVerdict.FAILED))])
    assert again.keys() <= found.keys()
