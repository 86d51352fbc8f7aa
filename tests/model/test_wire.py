"""What goes over the wire comes back as it was."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.model import events as events_module
from accelgui.model.events import Event, Progress, TrainingProgress, decode, encode
from accelgui.model.sample import Sample
from accelgui.model.wire import WireError, from_json, to_json

EVENTS = [
    cls
    for cls in vars(events_module).values()
    if isinstance(cls, type) and cls in Event.__args__  # type: ignore[attr-defined]
]


@given(st.sampled_from(EVENTS).flatmap(st.from_type))
def test_that_every_event_survives_the_wire(event: Event) -> None:
    assert repr(decode(encode(event))) == repr(event)


@given(st.dictionaries(st.text(max_size=8), st.none() | st.floats()))
def test_that_none_and_nan_are_told_apart(values: dict[str, float | None]) -> None:
    values.pop("not_finite", None)
    sample = Sample("cpu", 0.0, values)
    assert repr(from_json(Sample, to_json(sample)).values.keys()) is not None
    returned = from_json(Sample, to_json(sample)).values
    assert {k: repr(v) for k, v in returned.items()} == {k: repr(v) for k, v in values.items()}


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_that_any_text_is_an_event_or_a_wire_error(text: str) -> None:
    with contextlib.suppress(WireError):
        decode(text)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_that_any_json_in_a_member_is_an_event_or_a_wire_error(value: object) -> None:
    with contextlib.suppress(WireError):
        decode(json.dumps({"event": "Progress", "done": 1, "total": value, "what": "x"}))


def test_that_a_line_holds_no_nan() -> None:
    line = encode(TrainingProgress(0, 1, 1, float("nan"), float("inf"), 0.0))
    assert json.loads(line)["loss"] is None
    assert "NaN" not in line
    assert "Infinity" not in line


def test_that_an_older_reader_ignores_what_a_newer_writer_adds() -> None:
    line = json.dumps({"event": "Progress", "done": 1, "total": 2, "what": "x", "new": [1]})
    assert decode(line) == Progress(1.0, 2.0, "x")


@dataclass(frozen=True)
class Pair:
    both: tuple[int, str]
    maybe: Optional[Pair] = None


def test_that_fixed_tuples_and_nested_dataclasses_keep_their_types() -> None:
    pair = Pair((1, "a"), Pair((2, "b")))
    assert from_json(Pair, json.loads(json.dumps(to_json(pair)))) == pair


@pytest.mark.parametrize(
    "data", [[], {}, {"both": [1]}, {"both": ["1", "a"]}, {"both": [True, ""]}]
)
def test_that_the_wrong_shape_is_refused(data: object) -> None:
    with pytest.raises(WireError):
        from_json(Pair, data)


@dataclass(frozen=True)
class Heat:
    rows: tuple[tuple[float, ...], ...]


@given(st.lists(st.lists(st.floats()).map(tuple)).map(tuple))
def test_that_no_numbers_in_lists_of_lists_survive(rows: tuple[tuple[float, ...], ...]) -> None:
    returned = from_json(Heat, json.loads(json.dumps(to_json(Heat(rows)), allow_nan=False)))
    assert repr(returned.rows) == repr(rows)


@pytest.mark.parametrize("lost", [[], "x", {"rows/9": "nan"}, {"rows/x": "nan"}, {"rows": "much"}])
def test_that_a_list_of_no_numbers_that_does_not_fit_is_refused(lost: object) -> None:
    with pytest.raises(WireError):
        from_json(Heat, {"rows": [[1.0]], "not_finite": lost or {"rows/0/0/0": "nan"}})
