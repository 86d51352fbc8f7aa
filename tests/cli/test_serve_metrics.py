from __future__ import annotations

import signal
import socket
import urllib.request
from typing import TYPE_CHECKING

from cli.command import run, start
from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from prometheus_client.metrics_core import Metric
    from standins.drivers import NvmlDriver


def scrape(url: str) -> dict[str, Metric]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return {f.name: f for f in text_string_to_metric_families(answer.read().decode())}


def test_that_prometheus_reads_live_values_until_an_interrupt(tmp_path: Path) -> None:
    arguments = ("serve-metrics", "--port", "0", "--interval", "0.1")
    with start(tmp_path, *arguments) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Metrics: ").strip()
        assert url.startswith("http://127.0.0.1:")
        found: set[str] = set()
        while not {"accelgui_cpu_utilization_ratio", "accelgui_host_memory_used_bytes"} <= found:
            assert process.poll() is None
            found = set(scrape(url))
        process.send_signal(signal.SIGINT)
        _out, notes = process.communicate(timeout=30)

    assert process.returncode == 0, notes
    assert not notes


def test_that_another_address_than_loopback_is_said(tmp_path: Path) -> None:
    ran = run(
        tmp_path,
        *("serve-metrics", "--port", "0", "--address", "0.0.0.0", "--duration", "1"),
    )
    assert ran.code == 0, ran.notes
    assert "Everybody who reaches 0.0.0.0" in ran.notes
    assert "--hide-names" in ran.notes


def test_that_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = run(tmp_path, "serve-metrics", "--port", str(port))
    assert ran.code == 2
    assert ran.notes == f"accelgui: Port {port} of 127.0.0.1 is in use by another program.\n"


def test_that_no_port_above_the_last_one_is_taken(tmp_path: Path) -> None:
    assert run(tmp_path, "serve-metrics", "--port", "70000").code == 64


def test_that_a_gpu_is_told_as_dcgm_exporter_would(
    tmp_path: Path, nvml: NvmlDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml.install_gpus(2)
    for name, value in nvml.environment.items():
        monkeypatch.setenv(name, value)
    with start(tmp_path, "serve-metrics", "--port", "0", "--interval", "0.1") as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Metrics: ").strip()
        told: dict[str, Metric] = {}
        while len(getattr(told.get("DCGM_FI_DEV_GPU_TEMP"), "samples", ())) < 2:
            assert process.poll() is None
            told = scrape(url)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    first, second = told["DCGM_FI_DEV_GPU_TEMP"].samples
    assert (first.value, first.labels["gpu"], second.labels["gpu"]) == (31.0, "0", "1")
    assert first.labels["UUID"].startswith("GPU-")
    assert first.labels["device"] == "nvidia0"
    assert all(first.labels[name] for name in ("modelName", "Hostname", "DCGM_FI_DRIVER_VERSION"))
    assert told["DCGM_FI_DEV_FB_USED"].samples[0].value == 0.0
    assert told["DCGM_FI_DEV_FB_TOTAL"].samples[0].value == 141 * 1024
    assert told["DCGM_FI_DEV_FB_FREE"].samples[0].value == 141 * 1024 - 512
