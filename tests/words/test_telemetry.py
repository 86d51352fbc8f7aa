from __future__ import annotations

import pytest

from accelgui.model.mark import Mark
from accelgui.words.telemetry import mark_explanation, mark_text


@pytest.mark.parametrize(
    ("code", "parameters", "words"),
    [
        ("slept", {"seconds": "3600"}, "Asleep for 1 h 00 min"),
        ("clock_set", {"seconds": "120"}, "Clock set on by 2 min 00 s"),
        ("clock_set", {"seconds": "-120"}, "Clock set back by 2 min 00 s"),
        ("clock_set", {"seconds": "soon"}, "Clock set on by ?"),
        ("xid", {"device": "gpu:3", "xid": "31"}, "GPU 3: Xid 31"),
        ("of_a_newer_version", {}, "of_a_newer_version"),
    ],
)
def test_that_what_happened_is_said(code: str, parameters: dict[str, str], words: str) -> None:
    assert mark_text(Mark(0.0, code, tuple(parameters.items()))) == words


def test_that_a_fault_is_explained_even_where_its_number_is_new() -> None:
    known, unknown = (Mark(0.0, "xid", (("xid", number),)) for number in ("79", "998"))
    assert mark_explanation(known) == "The GPU has fallen off the bus."
    assert "kernel log" in mark_explanation(unknown)
    assert mark_explanation(Mark(0.0, "epoch")) == ""
