from __future__ import annotations

import math

import numpy as np
import pytest
from made import runs

from accelgui.gui.pages.training.panels import PANELS
from accelgui.gui.pages.training.record import RunRecord
from accelgui.model.requests import TrainingRequest
from accelgui.model.sample import Sample


def record(device: str = "cpu") -> RunRecord:
    made = RunRecord("run-1", TrainingRequest(device=device))
    for event in runs.training(device, zero_s=100.0):
        made.take(event)
    return made


def test_that_events_become_series() -> None:
    made = record()
    assert len(made.series["loss", "training"]) == 20
    assert made.series["accuracy", "validation"].values == pytest.approx([0.8, 0.9])
    assert made.zero_s == 100.0


def test_that_every_series_has_a_track() -> None:
    tracks = {(panel.code, track.code) for panel in PANELS for track in panel.tracks}
    everything = dict.fromkeys(
        ("utilisation_percent", "temperature_celsius", "power_watts", "memory_used_bytes"), 1.0
    )
    for device in ("cpu", "gpu:0"):
        made = record(device)
        for name in ("cpu", "gpu:0", "host"):
            made.take_sample(Sample(name, 101.0, {**everything, "run_memory_bytes": 1.0}))
        assert set(made.series) <= tracks
        assert len(made.series) >= 9


def test_that_samples_before_the_first_step_and_of_other_devices_are_left_out() -> None:
    made = record("gpu:0")
    made.take_sample(Sample("gpu:0", 99.0, {"power_watts": 50.0}))
    made.take_sample(Sample("gpu:1", 101.0, {"power_watts": 50.0}))
    assert not [place for place in made.series if place[0] == "power"]


def test_that_what_is_never_reported_gets_no_curve_and_what_stops_gets_a_gap() -> None:
    made = record("gpu:0")
    for time_s, watts in ((101.0, None), (102.0, 60.0), (103.0, None)):
        made.take_sample(Sample("gpu:0", time_s, {"power_watts": watts, "fan": None}))
    power = made.series["power", "accelerator"]
    assert np.isnan(power.values).tolist() == [False, True]
    assert ("temperature", "accelerator") not in made.series


def test_that_a_loss_that_is_no_number_is_a_gap_and_known() -> None:
    made = RunRecord("run-1", TrainingRequest())
    for event in runs.diverged():
        made.take(event)
    values = made.series["loss", "training"].values
    assert values[0] == 2.0
    assert math.isnan(values[1])
    assert not made.is_finite


def test_that_the_epoch_is_counted_from_one() -> None:
    made = RunRecord("run-1", TrainingRequest())
    assert made.epoch_now == 0
    seen = []
    for event in runs.training():
        made.take(event)
        seen.append(made.epoch_now)
    assert sorted(set(seen)) == [0, 1, 2]
    assert seen == sorted(seen)
