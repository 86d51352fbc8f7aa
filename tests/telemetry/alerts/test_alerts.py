from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.model.sample import HOST, Sample
from accelgui.telemetry.alerts import Alert, Alerts, Limits, Thresholds
from accelgui.telemetry.alerts.disk import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GIB = 1024.0**3
OFF = {"hold": "5"} | dict.fromkeys(
    ("temperature", "device_memory", "host_memory", "disk", "stall"), "off"
)


def gpu(time_s: float, device: str = "gpu:0", **values: float | None) -> Sample:
    return Sample(device, time_s, {"nvml_error_code": None, **values})


def watch(alerts: Alerts, samples: Iterable[Sample]) -> list[Alert]:
    return [alert for sample in samples for alert in alerts.take(sample, sample.time_s)]


def during(
    seconds: range, make: Callable[..., Sample] = gpu, **values: float | None
) -> list[Sample]:
    return [make(float(second), **values) for second in seconds]


def test_that_a_hot_gpu_is_said_once_with_start_peak_and_end() -> None:
    alerts = Alerts()
    samples = [
        *during(range(10), temperature_celsius=60.0),
        *during(range(10, 30), temperature_celsius=88.0),
        *during(range(30, 50), temperature_celsius=70.0),
    ]
    raised, cleared = watch(alerts, samples)
    assert (raised.code, raised.device, raised.start_s, raised.threshold) == (
        "device_hot", "gpu:0", 10.0, 85.0,
    )  # fmt: skip
    assert raised.end_s is None
    assert (cleared.start_s, cleared.peak, cleared.end_s) == (10.0, 88.0, 30.0)
    assert alerts.active == ()


@pytest.mark.parametrize(("slowdown", "threshold"), [(None, 85.0), (93.0, 88.0), (80.0, 75.0)])
def test_that_a_gpu_is_hot_near_its_own_slowdown_threshold(
    slowdown: float | None, threshold: float
) -> None:
    alerts = Alerts(Thresholds(limits={"gpu:0": Limits(slowdown_celsius=slowdown)}))
    assert watch(alerts, during(range(9), temperature_celsius=threshold - 0.5)) == []
    (raised,) = watch(alerts, during(range(9, 18), temperature_celsius=threshold))
    assert raised.threshold == threshold


def test_that_a_number_a_person_chose_goes_before_the_devices_own() -> None:
    chosen = Thresholds.of({**OFF, "temperature": "70"})
    assert not chosen.follows_device
    band = Thresholds(70.0, False, limits={"gpu:0": Limits(93.0)}).device_hot("gpu:0")
    assert band is not None
    assert band.raise_at == 70.0


def test_that_what_is_off_is_never_raised() -> None:
    alerts = Alerts(Thresholds.of(OFF))
    full = {"memory_used_bytes": 1.0, "memory_total_bytes": 1.0, "temperature_celsius": 120.0}
    assert watch(alerts, during(range(30), **full)) == []
    assert alerts.take_disks((Room(0.0, 1e12),), 31.0) == []


def test_that_memory_temperature_is_watched_only_where_its_limit_is_known() -> None:
    hot = during(range(9), memory_temperature_celsius=101.0)
    assert watch(Alerts(), hot) == []
    alerts = Alerts(Thresholds(limits={"gpu:0": Limits(memory_max_celsius=105.0)}))
    assert [alert.code for alert in watch(alerts, hot)] == ["memory_hot"]


def test_that_a_full_memory_is_told_of_the_device_and_of_the_host() -> None:
    alerts = Alerts()
    full = {"memory_used_bytes": 99.0 * GIB, "memory_total_bytes": 100.0 * GIB}
    samples = during(range(9), **full)
    samples += [Sample(HOST, float(second), dict(full)) for second in range(9)]
    told = [(alert.code, alert.device, alert.peak) for alert in watch(alerts, samples)]
    assert told == [("device_memory", "gpu:0", 99.0), ("host_memory", "host", 99.0)]


def test_that_a_disk_is_full_at_once_and_has_room_only_when_there_is_more() -> None:
    alerts = Alerts()
    told = [
        alerts.take_disks((Room(900 * GIB, 1000 * GIB), Room(free * GIB, 100 * GIB)), 10.0 * number)
        for number, free in enumerate([50.0, 1.5, 2.5, 1.9, 3.5])
    ]
    assert [[alert.end_s for alert in step] for step in told] == [[], [None], [], [], [40.0]]
    assert told[4][0].peak == 1.5 * GIB


def test_that_a_small_disk_is_full_when_a_tenth_of_it_is_left() -> None:
    alerts = Alerts()
    told = [
        alerts.take_disks((Room(free * GIB, 1.0 * GIB),), 10.0 * number)
        for number, free in enumerate([1.0, 0.5, 0.12, 0.09, 0.12, 0.16])
    ]
    assert [len(step) for step in told] == [0, 0, 0, 1, 0, 1]
    raised = told[3][0]
    assert raised.value == pytest.approx(0.09 * GIB)
    assert raised.threshold == pytest.approx(0.1 * GIB)


def test_that_a_disk_that_does_not_answer_raises_nothing() -> None:
    assert Alerts().take_disks((), 0.0) == []


def test_that_heat_of_the_cpu_alarms_nobody() -> None:
    samples = [Sample("cpu", float(s), {"temperature_celsius": 99.0}) for s in range(30)]
    assert watch(Alerts(), samples) == []


def test_that_a_lost_gpu_stays_lost_until_it_answers() -> None:
    alerts = Alerts()
    nothing: dict[str, float | None] = {"temperature_celsius": None}
    samples = [
        gpu(0.0, temperature_celsius=50.0),
        Sample("gpu:0", 1.0, {"nvml_error_code": 15.0, **nothing}),
        # NVML was shut down and does not start any more: another code, the same loss.
        *[Sample("gpu:0", float(s), {"nvml_error_code": 1.0, **nothing}) for s in range(2, 200)],
    ]
    (raised,) = watch(alerts, samples)
    assert (raised.code, raised.peak, raised.start_s) == ("gpu_lost", 15.0, 1.0)
    (cleared,) = watch(alerts, during(range(200, 210), temperature_celsius=50.0))
    assert cleared.end_s == 200.0


def test_that_a_sleeping_gpu_is_not_lost() -> None:
    assert watch(Alerts(), during(range(100), temperature_celsius=None)) == []


def stalled(device: str = "gpu:0") -> Alerts:
    alerts = Alerts()
    alerts.stall.begin(device, 0.0)
    return alerts


def test_that_a_device_without_work_while_the_run_claims_to_go_on_is_a_stall() -> None:
    alerts = stalled()
    watch(alerts, during(range(10), utilisation_percent=80.0))
    (raised,) = watch(alerts, during(range(10, 40), utilisation_percent=0.0))
    assert (raised.code, raised.device, raised.start_s) == ("stall", "gpu:0", 10.0)
    assert raised.detail == "steps_stopped"
    (ended,) = alerts.end_run()
    assert ended.end_s == 39.0
    assert watch(alerts, during(range(40, 80), utilisation_percent=0.0)) == []


def test_that_steps_that_go_on_beside_an_idle_device_are_told_apart() -> None:
    alerts = stalled()
    raised = []
    for second in range(30):
        alerts.stall.step(float(second))
        raised += alerts.take(gpu(float(second), utilisation_percent=0.0), float(second))
    assert [alert.detail for alert in raised] == ["steps_go_on"]


def test_that_a_run_that_waits_is_not_stalled() -> None:
    alerts = stalled()
    alerts.pause_run(is_paused=True)
    assert watch(alerts, during(range(60), utilisation_percent=0.0)) == []
    alerts.pause_run(is_paused=False)
    assert watch(alerts, during(range(60, 90), utilisation_percent=0.0))
    (ended,) = alerts.pause_run(is_paused=True)
    assert ended.end_s is not None


def test_that_without_a_run_an_idle_device_is_just_idle() -> None:
    assert watch(Alerts(), during(range(100), utilisation_percent=0.0)) == []


def test_that_a_run_on_the_cpu_is_judged_by_its_own_load() -> None:
    alerts = stalled("cpu")
    busy = [
        Sample(HOST, float(s), {"cpu_percent": 90.0, "run_cpu_percent": 0.0}) for s in range(20)
    ]
    assert [alert.device for alert in watch(alerts, busy)] == ["cpu"]


def test_that_the_worst_stands_first() -> None:
    alerts = Alerts()
    full = {"memory_used_bytes": 1.0, "memory_total_bytes": 1.0, "temperature_celsius": 90.0}
    watch(alerts, during(range(9), **full))
    watch(alerts, [Sample("gpu:1", 9.0, {"nvml_error_code": 15.0})])
    assert [alert.code for alert in alerts.active] == ["gpu_lost", "device_hot", "device_memory"]


def test_that_another_threshold_ends_what_the_old_one_raised() -> None:
    alerts = Alerts()
    watch(alerts, during(range(9), temperature_celsius=86.0))
    assert [a.end_s for a in alerts.change(Thresholds(temperature_celsius=95.0))] == [8.0]
    assert alerts.active == ()
    assert watch(alerts, during(range(9, 20), temperature_celsius=86.0)) == []


def test_that_a_device_nobody_tells_of_any_more_does_not_stay_hot_for_ever() -> None:
    alerts = Alerts()
    watch(alerts, during(range(9), temperature_celsius=90.0))
    assert alerts.look(15.0) == []
    (ended,) = [alert for time_s in range(20, 100, 5) for alert in alerts.look(float(time_s))]
    assert ended.end_s == 8.0


def test_that_everything_ends_when_nobody_watches_any_more() -> None:
    alerts = Alerts()
    watch(alerts, during(range(9), temperature_celsius=90.0))
    assert [alert.end_s for alert in alerts.end()] == [8.0]
    assert alerts.active == ()


@pytest.mark.parametrize(("hold", "seconds"), [("0", 0.0), ("5", 5.0), ("60", 60.0)])
def test_that_a_person_says_how_long_heat_has_to_last(hold: str, seconds: float) -> None:
    choices = {**OFF, "temperature": "80", "hold": hold}
    alerts, raised = Alerts(Thresholds.of(choices)), []
    for sample in during(range(100), temperature_celsius=85.0):
        raised += [sample.time_s for _alert in alerts.take(sample, sample.time_s)]
    assert raised == [seconds]


def test_that_what_is_raised_stays_so_where_only_the_time_is_another() -> None:
    alerts = Alerts(Thresholds(temperature_celsius=80.0))
    watch(alerts, during(range(9), temperature_celsius=85.0))
    assert alerts.change(Thresholds(temperature_celsius=80.0, hold_s=60.0)) == []
    assert len(alerts.active) == 1
