"""Live values through what happens to a machine: sleep, and a clock that is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from accelgui.gui.session import Session
from accelgui.model.events import SampleTaken
from accelgui.model.mark import Mark
from accelgui.model.sample import Sample
from accelgui.settings import Settings
from accelgui.telemetry import Clocks, Store, Timeline
from accelgui.telemetry.recording import Header, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

HOUR_S = 3600.0


class Machine:
    """A machine whose clocks a test moves, and that is sampled once a second."""

    def __init__(self, session: Session) -> None:
        self.monotonic_s, self.slept_s, self.wall_s = 1000.0, 0.0, 1_750_000_000.0
        self.session = session
        session.live.timeline = Timeline(
            Clocks(
                lambda: self.monotonic_s,
                lambda: self.monotonic_s + self.slept_s,
                lambda: self.wall_s,
            )
        )
        session.live.zero_s = session.live.timeline.now_s()

    def work(self, seconds: int) -> None:
        """Let time pass, and samples come."""
        for _second in range(seconds):
            self.monotonic_s += 1
            self.wall_s += 1
            sample = Sample("gpu:0", self.monotonic_s, {"power_watts": self.monotonic_s % 100})
            self.session._on_sampler_events([SampleTaken(sample)])

    def sleep(self, seconds: float) -> None:
        """Be suspended: the monotonic clock stands still meanwhile."""
        self.slept_s += seconds
        self.wall_s += seconds


@pytest.fixture
def machine(qtbot: QtBot, tmp_path: Path) -> Iterator[Machine]:
    session = Session(Settings(tmp_path / "settings.json"))
    yield Machine(session)
    session.close()


def replayed(path: Path) -> tuple[Header, Store]:
    store, header = Store(), Header(0.0)
    for entry in read(path):
        if isinstance(entry, Header):
            header = entry
        elif isinstance(entry[1], Mark):
            store.mark(entry[1])
        else:
            store.take(entry[1], entry[0])
    return header, store


def test_that_an_hour_of_sleep_is_a_gap_of_an_hour_with_a_mark(
    machine: Machine, tmp_path: Path
) -> None:
    live, path = machine.session.live, tmp_path / "a.jsonl"
    live.record(path)
    machine.work(5)
    machine.sleep(HOUR_S)
    machine.work(5)
    live.stop_recording()

    for store in (live.store, replayed(path)[1]):
        series = store.series["gpu:0", "power_watts"]
        assert series.times[-1] - series.times[0] == pytest.approx(HOUR_S + 9)
        # A gap parts before and after, and no value is lost.
        is_known = np.isfinite(series.values)
        assert is_known[:5].all()
        assert not is_known[5]
        assert is_known.sum() == 10
        assert [(m.code, m.parameters) for m in store.marks] == [("slept", (("seconds", "3600"),))]


def test_that_a_clock_set_back_moves_no_value_and_no_recording(
    machine: Machine, tmp_path: Path
) -> None:
    live, path = machine.session.live, tmp_path / "a.jsonl"
    live.record(path)
    machine.work(5)
    machine.wall_s -= HOUR_S
    machine.work(5)
    live.stop_recording()

    header, recorded = replayed(path)
    assert header.zero_wall_s == 1_750_000_000.0
    for store in (live.store, recorded):
        series = store.series["gpu:0", "power_watts"]
        assert len(series) == 10
        assert (series.times[1:] - series.times[:-1] == 1).all()
        assert [(m.code, m.parameters) for m in store.marks] == [
            ("clock_set", (("seconds", "-3600"),))
        ]
    # The axis says what the clock on the wall says now.
    assert live.timeline.wall_s(live.timeline.now_s()) == machine.wall_s
