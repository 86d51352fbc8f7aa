from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from standins.tpu_service import DUTY_CYCLE, HBM_TOTAL, HBM_USED, TpuService, encoded_response

from accelgui.agent.samplers.tpu import TpuSource, gauges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.samplers.source import Values

GIB = 1 << 30
NOTHING: Values = dict.fromkeys(TpuSource.names)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[TpuService]:
    """The metric service of a workload, on a port of its own."""
    with TpuService() as running:
        monkeypatch.setenv("TPU_RUNTIME_METRICS_PORTS", str(running.port))
        yield running


def test_that_each_chips_values_come_from_the_workloads_service(service: TpuService) -> None:
    service.metrics = {
        HBM_USED: {0: 3 * GIB, 1: 0},
        HBM_TOTAL: {0: 16 * GIB, 1: 16 * GIB},
        DUTY_CYCLE: {0: 87.5, 1: 0.0},
    }

    taken = TpuSource(chips=2).take()

    assert taken == {
        "tpu:0": {
            "utilisation_percent": 87.5,
            "memory_used_bytes": 3.0 * GIB,
            "memory_total_bytes": 16.0 * GIB,
        },
        "tpu:1": {
            "utilisation_percent": 0.0,
            "memory_used_bytes": 0.0,
            "memory_total_bytes": 16.0 * GIB,
        },
    }


def test_that_cores_told_apart_are_added_up_to_their_chip(service: TpuService) -> None:
    service.metrics = {
        HBM_USED: dict.fromkeys(range(4), GIB),
        HBM_TOTAL: dict.fromkeys(range(4), 8 * GIB),
        DUTY_CYCLE: {0: 100.0, 1: 50.0, 2: 0.0, 3: 0.0},
    }

    taken = TpuSource(chips=2).take()

    assert taken["tpu:0"]["memory_total_bytes"] == 16 * GIB
    assert taken["tpu:0"]["utilisation_percent"] == 75
    assert taken["tpu:1"]["utilisation_percent"] == 0


def test_that_a_metric_that_libtpu_does_not_know_is_none(service: TpuService) -> None:
    service.metrics = {HBM_USED: {0: GIB}}

    assert TpuSource(chips=1).take() == {"tpu:0": {**NOTHING, "memory_used_bytes": float(GIB)}}


def test_that_impossible_values_are_not_reported(service: TpuService) -> None:
    service.metrics = {DUTY_CYCLE: {0: 250.0}, HBM_TOTAL: {0: 0}}

    assert TpuSource(chips=1).take() == {"tpu:0": NOTHING}


def test_that_nothing_is_reported_while_no_workload_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with TpuService() as ended:
        port = ended.port
    monkeypatch.setenv("TPU_RUNTIME_METRICS_PORTS", str(port))

    assert TpuSource(chips=2).take() == {"tpu:0": NOTHING, "tpu:1": NOTHING}


def test_that_several_workloads_complete_each_other(
    service: TpuService, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.metrics = {DUTY_CYCLE: {0: 10.0}}
    with TpuService() as other:
        other.metrics = {DUTY_CYCLE: {1: 20.0}}
        monkeypatch.setenv("TPU_RUNTIME_METRICS_PORTS", f"{service.port}, {other.port}")

        taken = TpuSource(chips=2).take()

    assert [taken[f"tpu:{n}"]["utilisation_percent"] for n in range(2)] == [10, 20]


def test_that_what_is_cut_off_or_foreign_tells_only_what_it_can() -> None:
    whole = encoded_response(DUTY_CYCLE, {0: 1.5, 7: 2.5})

    assert gauges(whole) == {0: 1.5, 7: 2.5}
    assert gauges(b"") == {}
    for length in range(len(whole)):
        assert set(gauges(whole[:length]).items()) <= {(0, 1.5), (7, 2.5)}
    assert gauges(b"\xff\xff\xff garbage") == {}
