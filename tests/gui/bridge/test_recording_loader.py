from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.gui.bridge import recording_loader
from accelgui.gui.bridge.recording_loader import RecordingLoader
from accelgui.model.sample import Sample
from accelgui.telemetry.recording import Header, Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.telemetry import Store

SAMPLES = 20_000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Over half an hour at 10 Hz."""
    path = tmp_path / "a.jsonl"
    recorder = Recorder(path, Header(1.7e9))
    for number in range(SAMPLES):
        values: dict[str, float | None] = {"power_watts": 70.0 + number % 50}
        recorder.take(Sample("gpu:0", 0.0, values), number / 10)
    recorder.close()
    return path


def load(path: Path) -> Store:
    loaded: list[Store] = []
    loader = RecordingLoader(path)
    loader.loaded.connect(lambda _header, store: loaded.append(store))
    loader.run()
    return loaded[0]


def test_that_no_value_of_a_recording_is_thinned_away(recording: Path) -> None:
    series = load(recording).series["gpu:0", "power_watts"]

    assert len(series) == SAMPLES
    assert series.value_near(123.4) == 70.0 + 1234 % 50


def test_that_a_recording_that_is_too_long_is_thinned_with_its_peaks(
    recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_loader, "_MOST_POINTS", 1)

    series = load(recording).series["gpu:0", "power_watts"]

    assert len(series) < SAMPLES
    assert series.values.max() == 119.0
    assert series.times[0] == 0.0


def test_that_a_recording_of_nothing_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    Recorder(path, Header(1.7e9)).close()

    assert load(path).series == {}
