"""What a device says of itself while something goes on."""

from __future__ import annotations

import threading

import pytest

from accelgui.model.precision import Spread
from accelgui.model.sample import Sample
from accelgui.runs.conditions import NAMES, Conditions, ConditionsWatch


def test_that_smallest_mean_and_largest_value_are_told() -> None:
    conditions = Conditions("gpu:0")
    for number, celsius in enumerate((40.0, 70.0, None, 55.0)):
        conditions.take(Sample("gpu:0", number, {"temperature_celsius": celsius}))
    assert conditions.told()["temperature_celsius"] == Spread(40.0, pytest.approx(55.0), 70.0, 3)


def test_that_other_devices_do_not_count() -> None:
    conditions = Conditions("gpu:0")
    conditions.take(Sample("gpu:1", 0.0, {"temperature_celsius": 90.0}))
    assert conditions.told()["temperature_celsius"] is None


def test_that_what_was_never_reported_is_none_and_not_0() -> None:
    conditions = Conditions("cpu")
    conditions.take(Sample("cpu", 0.0, {"temperature_celsius": None, "power_watts": 80.0}))
    told = conditions.told()
    assert tuple(told) == NAMES
    assert told["clock_sm_hz"] is None
    assert told["power_watts"] == Spread(80.0, 80.0, 80.0, 1)


def test_that_a_watch_follows_a_sampler_and_leaves_nothing_behind() -> None:
    with ConditionsWatch(interval_s=0.1) as watch:
        assert watch.told() == {}
        watch.begin("cpu")
        assert tuple(watch.told()) == NAMES
    assert not [thread for thread in threading.enumerate() if thread.name == "conditions"]
