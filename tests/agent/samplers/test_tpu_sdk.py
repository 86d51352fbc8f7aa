"""libtpu's own monitoring, with a module in its place that has its traps."""

from __future__ import annotations

import textwrap
import time
from typing import TYPE_CHECKING

import pytest
from standins.tpu_service import DUTY_CYCLE, TpuService

from accelgui.agent.samplers.tpu import TpuSource
from accelgui.agent.samplers.tpu_sdk import TpuSdk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GIB = 1 << 30

# As libtpu does it: numbers as text, nothing at all without a workload, and off Google's cloud no
# end of questions to a metadata server.
_MONITORING = """
    import os, signal, time

    def list_supported_metrics():
        return [*METRICS, "ici_link_health"]

    class Metric:
        def __init__(self, values):
            self._values = values

        def data(self):
            return self._values

    def get_metric(name):
        if os.environ.get("TPU_SKIP_MDS_QUERY") != "1":
            time.sleep(3600)
        return Metric(METRICS[name])
"""
_TELLING = {
    "duty_cycle_pct": ["87.50", "0.00"],
    "tensorcore_util": ["61.00", "0.00"],
    "hbm_capacity_usage": [str(3 * GIB), "0"],
    "hbm_capacity_total": [str(16 * GIB), str(16 * GIB)],
    "tpu_throttle_score": ["tray1.chip0: 2", "tray1.chip1: 0"],
}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a libtpu where this Python and its children find it."""

    def put(metrics: dict[str, list[str]], at_import: str = "") -> None:
        package = tmp_path / "site" / "libtpu" / "sdk"
        package.mkdir(parents=True)
        (package.parent / "__init__.py").write_text(at_import)
        (package / "__init__.py").write_text("from . import tpumonitoring\n")
        text = f"METRICS = {metrics!r}\n" + textwrap.dedent(_MONITORING)
        (package / "tpumonitoring.py").write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))

    return put


@pytest.fixture
def followed() -> Iterator[Callable[[TpuSdk], TpuSdk]]:
    """Let those that a test made end with it."""
    made: list[TpuSdk] = []

    def follow(sdk: TpuSdk) -> TpuSdk:
        made.append(sdk)
        return sdk

    yield follow
    for sdk in made:
        sdk.end()


def until(is_so: Callable[[], bool], limit_s: float = 30.0) -> None:
    end_s = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def test_that_libtpu_tells_of_tensor_cores_and_throttling(
    install: Callable[..., None], followed: Callable[[TpuSdk], TpuSdk]
) -> None:
    install(_TELLING)
    sdk = followed(TpuSdk(2, lambda: True))
    until(lambda: sdk.values(0)["tensor_activity_percent"] is not None)
    assert sdk.values(0) == {
        "utilisation_percent": 87.5,
        "memory_used_bytes": 3.0 * GIB,
        "memory_total_bytes": 16.0 * GIB,
        "tensor_activity_percent": 61.0,
        "throttle_score": 2.0,
    }
    assert sdk.values(1)["throttle_score"] == 0


def test_that_no_process_is_started_while_no_workload_runs(
    install: Callable[..., None], followed: Callable[[TpuSdk], TpuSdk]
) -> None:
    asked = 0

    def is_served() -> bool:
        nonlocal asked
        asked += 1
        return False

    install(_TELLING)
    sdk = followed(TpuSdk(2, is_served))
    until(lambda: asked > 1)
    assert set(sdk.values(0).values()) == {None}


def test_that_a_libtpu_that_crashes_is_left_alone_after_three_times(
    install: Callable[..., None], followed: Callable[[TpuSdk], TpuSdk]
) -> None:
    install(_TELLING, at_import="import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    sdk = followed(TpuSdk(2, lambda: True))
    until(lambda: sdk.failures == 3)
    assert set(sdk.values(0).values()) == {None}


def test_that_a_libtpu_that_hangs_is_given_up(
    install: Callable[..., None], followed: Callable[[TpuSdk], TpuSdk]
) -> None:
    install(_TELLING, at_import="import time; time.sleep(3600)")
    sdk = followed(TpuSdk(2, lambda: True, silence_s=2.0))
    until(lambda: sdk.failures > 0)
    assert set(sdk.values(0).values()) == {None}


def test_that_it_completes_what_the_metric_service_tells(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install({**_TELLING, "duty_cycle_pct": []})
    with TpuService() as service:
        monkeypatch.setenv("TPU_RUNTIME_METRICS_PORTS", str(service.port))
        service.metrics = {DUTY_CYCLE: {0: 10.0, 1: 20.0}}
        source = TpuSource(chips=2)
        until(lambda: source.take()["tpu:1"]["tensor_activity_percent"] is not None)
        taken = source.take()
        source.end()
    assert taken["tpu:0"] == {
        "utilisation_percent": 10.0,
        "memory_used_bytes": 3.0 * GIB,
        "memory_total_bytes": 16.0 * GIB,
        "tensor_activity_percent": 61.0,
        "throttle_score": 2.0,
    }


def test_that_a_python_without_libtpu_promises_nothing_of_it(
    followed: Callable[[TpuSdk], TpuSdk],
) -> None:
    assert followed(TpuSdk(1, lambda: True)).names == ()
    assert "throttle_score" not in TpuSource(chips=1).take()["tpu:0"]
