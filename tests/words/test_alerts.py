from __future__ import annotations

import pytest

from accelgui.model.mark import Mark
from accelgui.telemetry.alerts.alert import ORDER, UNITS
from accelgui.words.alerts import advice, alert_name, sentence, short
from accelgui.words.history import alert_sentence, fact_text, fact_title
from accelgui.words.telemetry import mark_text


@pytest.mark.parametrize("code", ORDER)
def test_that_every_alert_has_words(code: str) -> None:
    assert alert_name(code) != code
    assert advice(code)
    assert "{" not in sentence(code, "gpu:0", 5.0, 4.0)
    assert "{" not in short(code, "gpu:0")


@pytest.mark.parametrize(
    ("code", "device", "words"),
    [
        ("gpu_lost", "gpu:1", "GPU 1: lost"),
        ("device_memory", "tpu:0", "TPU 0: memory nearly full"),
        ("disk", "host", "Disk nearly full"),
    ],
)
def test_that_an_alert_is_short_on_a_plot(code: str, device: str, words: str) -> None:
    parameters = (("alert", code), ("device", device))
    assert mark_text(Mark(0.0, "alert", parameters)) == words
    assert mark_text(Mark(0.0, "alert_over", parameters)) == f"{words}, over"


def test_that_the_alert_of_a_newer_version_is_shown_by_its_code() -> None:
    assert mark_text(Mark(0.0, "alert", (("alert", "of_tomorrow"),))) == "of_tomorrow"
    assert alert_sentence({"alert": "of_tomorrow"}) == "of_tomorrow"


def test_that_values_of_alerts_have_their_units() -> None:
    values = {"celsius": "91 °C", "percent": "91 %", "bytes": "91 B"}
    assert set(UNITS.values()) == set(values)
    for unit, words in values.items():
        assert fact_text(f"worst_{unit}", 91.0) == words
        assert fact_title(f"worst_{unit}") == "Worst value"
    assert alert_sentence({"alert": "disk", "device": "host", "worst_bytes": 1024.0**3}) == (
        "Disk nearly full: 1.0 GiB"
    )
    assert alert_sentence({"alert": "stall", "device": "gpu:0", "worst_percent": 0.0}) == (
        "GPU 0: stalled"
    )
