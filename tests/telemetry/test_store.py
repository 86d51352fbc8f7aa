from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from accelgui.model.mark import Mark
from accelgui.model.sample import Sample
from accelgui.telemetry import Clocks, LongSeries, Spans, Store, Timeline


def store_of(*samples: Sample) -> Store:
    store = Store()
    for sample in samples:
        store.take(sample, sample.time_s)
    return store


def test_that_the_hosts_values_stand_with_the_cpus() -> None:
    store = store_of(
        Sample("host", 1.0, {"memory_used_bytes": 5.0, "cpu_percent": 3.0}),
        Sample("cpu", 1.0, {"utilisation_percent": 3.0}),
    )

    assert store.devices == ("cpu",)
    assert set(store.series) == {("cpu", "memory_used_bytes"), ("cpu", "utilisation_percent")}


def test_that_devices_come_in_their_order_however_they_were_found() -> None:
    store = store_of(
        *(Sample(key, 1.0, {"power_watts": 1.0}) for key in ("gpu:10", "tpu:0", "gpu:2", "cpu"))
    )

    assert store.devices == ("cpu", "gpu:2", "gpu:10", "tpu:0")


def test_that_a_value_that_is_never_reported_gets_no_series_and_a_lost_one_a_gap() -> None:
    store = store_of(
        Sample("gpu:0", 1.0, {"power_watts": 70.0, "fan_percent": None}),
        Sample("gpu:0", 2.0, {"power_watts": None, "fan_percent": None}),
    )

    assert list(store.series) == [("gpu:0", "power_watts")]
    assert math.isnan(store.series["gpu:0", "power_watts"].values[-1])


def test_that_what_is_told_no_longer_is_a_gap_and_no_value_of_now() -> None:
    store = store_of(
        Sample("host", 1.0, {"memory_used_bytes": 5.0, "run_memory_bytes": 2.0}),
        Sample("host", 2.0, {"memory_used_bytes": 5.0}),
        Sample("host", 3.0, {"memory_used_bytes": 5.0}),
    )

    assert store.last("cpu", "run_memory_bytes") is None
    assert len(store.series["cpu", "run_memory_bytes"]) == 2


def test_that_energy_counts_from_the_first_sample_and_through_a_counter_begun_anew() -> None:
    counters = (900_000.0, 903_600.0, 0.0, 7_200.0)
    store = store_of(
        *(Sample("gpu:0", float(t), {"energy_joules": c}) for t, c in enumerate(counters))
    )

    used = store.series["gpu:0", "energy_used_watt_hours"].values.tolist()
    assert used == [0.0, 1.0, 1.0, 3.0]


def test_that_a_runs_load_is_told_in_cores() -> None:
    store = store_of(Sample("host", 1.0, {"run_cpu_percent": 180.0}))

    assert store.last("cpu", "run_cpu_cores") == 1.8
    assert ("cpu", "run_cpu_percent") not in store.series


def test_that_a_silence_is_a_gap_and_not_a_line() -> None:
    store = Store()
    for time_s in (1.0, 2.0, 3.0, 60.0):
        store.take(Sample("gpu:0", time_s, {"power_watts": 70.0}), time_s)

    values = store.series["gpu:0", "power_watts"].values
    assert [math.isnan(value) for value in values] == [False, False, False, True, False]


def test_that_a_slower_pace_is_no_silence() -> None:
    store = Store()
    for time_s in (0.0, 0.1, 0.2, 1.2, 2.2, 3.2):
        store.take(Sample("gpu:0", time_s, {"power_watts": 70.0}), time_s)

    assert not any(math.isnan(value) for value in store.series["gpu:0", "power_watts"].values)


def test_that_it_is_remembered_while_clocks_were_held_back_and_why() -> None:
    store = Store()
    for time_s, reasons in ((1.0, 1), (2.0, 4), (3.0, 4), (4.0, 0x48), (5.0, 0)):
        values = {"power_watts": 1.0, "clocks_event_reasons": float(reasons)}
        store.take(Sample("gpu:0", time_s, values), time_s)

    spans = store.limits["gpu:0"].within(0.0, 9.0)
    assert [(s.start_s, s.end_s, s.codes) for s in spans] == [
        (2.0, 4.0, ("power_cap",)),
        (4.0, 5.0, ("hardware_thermal",)),
    ]


def test_that_spans_and_marks_do_not_grow_without_end() -> None:
    spans, store = Spans(), Store()
    for number in range(5000):
        spans.add(number, ("power_cap",) if number % 2 else ())
        store.mark(Mark(number, "epoch"))

    assert len(spans) <= 2000
    assert len(store.marks) <= 1000
    assert spans.within(4990, 5000)[-1].start_s == 4999
    # Joined, not forgotten: a limit of hours ago is still on the axis.
    assert spans.within(0, 5000)[0].start_s == 1


def test_that_spans_nobody_could_see_apart_come_as_one() -> None:
    spans = Spans()
    for tenth in range(100):
        spans.add(tenth / 10, (("power_cap",), (), ("software_thermal",), ())[tenth % 4])

    (first, *others) = spans.within(0.0, 10.0, finest_s=5.0)
    assert (first.start_s, first.codes) == (0.0, ("power_cap", "software_thermal"))
    assert len(others) == 1
    assert len(spans.within(2.12, 2.18)) == 0


@given(st.integers(8, 300), st.integers(1, 3000))
def test_that_a_long_series_keeps_its_newest_part_whole(limit: int, count: int) -> None:
    series = LongSeries(limit)
    for number in range(count):
        series.append(float(number), float(number % 97))

    newest = min(count, max(limit // 4, 1))
    assert len(series) <= limit
    assert series.times[-newest:].tolist() == [float(n) for n in range(count - newest, count)]
    assert series.times[0] == 0.0
    assert (series.times[1:] >= series.times[:-1]).all()


def test_that_a_peak_of_this_morning_is_still_there_at_night() -> None:
    series = LongSeries(1024)
    for number in range(100_000):
        series.append(float(number), 99.0 if number == 777 else 1.0)

    assert series.values.max() == 99.0


class MadeClocks:
    """Clocks that a test sets."""

    def __init__(self) -> None:
        self.monotonic, self.asleep, self.wall = 100.0, 0.0, 1_700_000_000.0

    def clocks(self) -> Clocks:
        return Clocks(
            lambda: self.monotonic, lambda: self.monotonic + self.asleep, lambda: self.wall
        )

    def pass_time(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


def test_that_an_hour_of_sleep_is_an_hour_on_the_axis() -> None:
    made = MadeClocks()
    timeline = Timeline(made.clocks())
    before_s = timeline.now_s()
    made.pass_time(5)
    made.asleep, made.wall = 3600.0, made.wall + 3600

    assert timeline.look() == (3600.0, 0.0)
    assert timeline.now_s() - before_s == 3605
    assert timeline.wall_s(timeline.now_s()) == made.wall
    assert timeline.look() == (0.0, 0.0)


def test_that_sleep_and_a_set_clock_are_told_once() -> None:
    made = MadeClocks()
    timeline = Timeline(made.clocks())
    made.pass_time(5)
    made.asleep, made.wall = 3600.0, made.wall + 3600 - 120

    slept, was_set = timeline.jumps()
    assert (slept.code, slept.parameters) == ("slept", (("seconds", "3600"),))
    assert (was_set.code, was_set.parameters) == ("clock_set", (("seconds", "-120"),))
    assert slept.time_s == timeline.now_s()
    assert timeline.jumps() == ()


def test_that_a_clock_that_is_set_back_moves_no_value() -> None:
    made = MadeClocks()
    timeline = Timeline(made.clocks())
    made.pass_time(10)
    now_s, made.wall = timeline.now_s(), made.wall - 7200

    assert timeline.look() == (0.0, -7200.0)
    assert timeline.now_s() == now_s
    assert timeline.wall_s(now_s) == made.wall
