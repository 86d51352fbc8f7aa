from __future__ import annotations

import math
import os
import shlex
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made import snapshots
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

import accelgui
from accelgui.metrics import LOOPBACK, Board, MetricsError, Server, is_loopback, names
from accelgui.metrics.board import RunState
from accelgui.model.sample import HOST, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> Board:
    return Board("node7", clock_s=clock)


@pytest.fixture
def server(board: Board) -> Iterator[Server]:
    made = Server(board, port=0)
    yield made
    made.close()
    assert "metrics" not in {thread.name for thread in threading.enumerate()}


def read(server: Server, accept: str = "", host: str = "") -> tuple[str, str]:
    """Return what an HTTP client gets, and of which type it is."""
    request = urllib.request.Request(server.url)
    if accept:
        request.add_header("Accept", accept)
    if host:
        request.add_header("Host", host)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode(), answer.headers["Content-Type"]


def values(text: str) -> dict[str, dict[str, float]]:
    """Return values by metric and by the number of the GPU, "" for others."""
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[sample.labels.get("gpu", "")] = sample.value
    return found


def gpu(number: int, **told: float | None) -> Sample:
    return Sample(f"gpu:{number}", 100.0, dict(told))


def test_that_a_gpu_has_the_names_and_units_of_dcgm(board: Board, server: Server) -> None:
    board.take(
        gpu(
            0,
            utilisation_percent=45.0,
            memory_used_bytes=3.0 * 1024**3,
            energy_joules=12.5,
            clock_sm_hz=1.98e9,
            power_watts=340.25,
            temperature_celsius=61.0,
            sm_activity_percent=50.0,
        )
    )
    told = values(read(server)[0])
    assert told["DCGM_FI_DEV_GPU_UTIL"] == {"0": 45.0}
    assert told["DCGM_FI_DEV_FB_USED"] == {"0": 3072.0}
    assert told["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"] == {"0": 12_500.0}
    assert told["DCGM_FI_DEV_SM_CLOCK"] == {"0": 1980.0}
    assert told["DCGM_FI_DEV_POWER_USAGE"] == {"0": 340.25}
    assert told["DCGM_FI_DEV_GPU_TEMP"] == {"0": 61.0}
    assert told["DCGM_FI_PROF_SM_ACTIVE"] == {"0": 0.5}


def test_that_free_memory_leaves_out_what_the_driver_keeps_for_itself(
    board: Board, server: Server
) -> None:
    mib = 1024.0**2
    told_all = {"memory_total_bytes": 1000 * mib, "memory_used_bytes": 300 * mib}
    board.take(gpu(0, **told_all, memory_reserved_bytes=50 * mib))
    board.take(gpu(1, **told_all))
    told = values(read(server)[0])
    assert told["DCGM_FI_DEV_FB_FREE"] == {"0": 650.0}
    assert told["DCGM_FI_DEV_FB_RESERVED"] == {"0": 50.0}


def test_that_the_last_fault_of_a_gpu_stays_known(board: Board, server: Server) -> None:
    board.take(gpu(0, temperature_celsius=50.0))
    board.take(gpu(1, temperature_celsius=50.0))
    assert "DCGM_FI_DEV_XID_ERRORS" not in values(read(server)[0])
    board.take_xid("gpu:1", 79)
    board.take_xid("gpu:1", 13)
    assert values(read(server)[0])["DCGM_FI_DEV_XID_ERRORS"] == {"1": 13.0}


def test_that_what_is_not_reported_is_absent_and_never_zero(board: Board, server: Server) -> None:
    board.take(gpu(0, utilisation_percent=None, temperature_celsius=50.0))
    board.take(gpu(1, utilisation_percent=0.0, temperature_celsius=None))
    told = values(read(server)[0])
    assert told["DCGM_FI_DEV_GPU_UTIL"] == {"1": 0.0}
    assert told["DCGM_FI_DEV_GPU_TEMP"] == {"0": 50.0}
    assert "DCGM_FI_DEV_POWER_USAGE" not in told


def test_that_values_of_a_sampler_that_fell_silent_go_away(
    board: Board, server: Server, clock: Clock
) -> None:
    board.take(gpu(0, utilisation_percent=45.0))
    clock.now_s += 14.0
    assert "DCGM_FI_DEV_GPU_UTIL" in values(read(server)[0])
    clock.now_s += 2.0
    assert "DCGM_FI_DEV_GPU_UTIL" not in values(read(server)[0])


@pytest.mark.parametrize("name", ['quoted " name', "back \\ slash", "new\nline", "中文", "}{,="])
def test_that_labels_survive_whatever_a_device_is_called(
    board: Board, server: Server, name: str
) -> None:
    machine = snapshots.named(name).machine
    assert machine is not None
    board.name(machine.devices, "570.124.06")
    board.take(gpu(0, utilisation_percent=45.0))
    for accept, parse in (
        ("", text_string_to_metric_families),
        (OPENMETRICS, openmetrics.text_string_to_metric_families),
    ):
        families = {family.name: family for family in parse(read(server, accept)[0])}
        (sample,) = families["DCGM_FI_DEV_GPU_UTIL"].samples
        assert sample.labels["modelName"] == name
        assert sample.labels["Hostname"] == "node7"
        assert sample.labels["DCGM_FI_DRIVER_VERSION"] == "570.124.06"


def test_that_gpus_are_told_by_their_identifiers_unless_names_are_hidden(clock: Clock) -> None:
    machine = snapshots.accelerated(2).machine
    assert machine is not None
    for shows_names in (True, False):
        board = Board("node7", shows_names=shows_names, clock_s=clock)
        board.name(machine.devices, None)
        board.take(gpu(1, utilisation_percent=45.0))
        server = Server(board, port=0)
        text, _kind = read(server)
        server.close()
        facts = {fact.name: fact.value for fact in machine.devices[2].facts}
        for told in ("node7", str(facts["uuid"])):
            assert (told in text) is shows_names
        assert machine.devices[2].name in text


def test_that_all_is_valid_openmetrics_for_who_asks_for_it(board: Board, server: Server) -> None:
    for key, table in (("gpu:0", names.GPU), ("tpu:0", names.TPU), ("cpu", names.CPU)):
        board.take(Sample(key, 100.0, {name.value: 1.0 for name in table}))
    board.take(Sample(HOST, 100.0, {name.value: 1.0 for name in names.HOST}))
    board.show_run(RunState("training", "tensorflow", "gpu:0", 0.5, 10, 1, 0.25, 0.9, 1e4))
    board.show_alerts((("device_hot", "gpu:0"),))
    board.take_xid("gpu:0", 79)
    text, kind = read(server, OPENMETRICS)
    assert kind.startswith("application/openmetrics-text")
    tables = (names.GPU, names.TPU, names.CPU, names.HOST, names.RUN)
    assert {family.name for family in openmetrics.text_string_to_metric_families(text)} == {
        "accelgui_build_info",
        "accelgui_run_info",
        "accelgui_alert_active",
        *(name.metric for table in tables for name in table),
    }
    assert "accelgui_cpu_energy_joules_total" in text


def test_that_a_loss_that_is_no_number_is_one_of_prometheus(board: Board, server: Server) -> None:
    board.show_run(RunState("training", loss=math.nan))
    assert math.isnan(values(read(server)[0])["accelgui_run_loss"][""])


def test_that_a_port_in_use_is_said_in_one_line(board: Board, server: Server) -> None:
    port = int(server.url.rpartition(":")[2].partition("/")[0])
    with pytest.raises(MetricsError, match=f"Port {port} of 127.0.0.1 is in use"):
        Server(board, port)


@pytest.mark.parametrize("port", [-1, 65536, 70000])
def test_that_what_is_no_port_is_not_taken_for_another(board: Board, port: int) -> None:
    with pytest.raises(MetricsError, match=f"{port} is no port"):
        Server(board, port)


@pytest.mark.parametrize("address", ["::1", "localhost"])
def test_that_other_names_of_loopback_serve_as_well(board: Board, address: str) -> None:
    try:
        server = Server(board, 0, address)
    except MetricsError:
        pytest.skip(f"this machine has no {address}")
    text, _kind = read(server)
    server.close()
    assert "accelgui_build_info" in text


def test_that_an_address_that_is_not_this_machines_is_said(board: Board) -> None:
    with pytest.raises(MetricsError, match=r"cannot be served at port 9400 of 203\.0\.113\.9"):
        Server(board, 9400, "203.0.113.9")


def test_that_a_page_under_a_foreign_name_cannot_read_along(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        read(server, host="evil.example:9400")
    for host in ("localhost:9400", "127.0.0.1", "[::1]:9400"):
        assert "accelgui_build_info" in read(server, host=host)[0]


def test_that_many_read_at_once(board: Board, server: Server) -> None:
    board.take(gpu(0, utilisation_percent=45.0))
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(read(server)[0])) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 16
    assert len(set(texts)) == 1


def test_that_a_reader_that_says_nothing_holds_nobody_up(board: Board) -> None:
    server = Server(board, port=0)
    port = int(server.url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection((LOOPBACK, port)):
        assert "accelgui_build_info" in read(server)[0]
        server.close()


def test_that_a_missing_package_is_said_with_the_command() -> None:
    code = """
from accelgui.metrics import Board, MetricsError, Server
try:
    Server(Board(), 0)
except MetricsError as error:
    print(error)
"""
    # Without site, a Python finds its own modules and ours alone.
    root = Path(accelgui.__file__).parent.parent
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == (
        "The package prometheus-client is missing. Install it with:"
        f" {shlex.quote(sys.executable)} -m pip install prometheus-client\n"
    )


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        *((address, True) for address in ("127.0.0.1", "127.8.8.8", "::1", "localhost")),
        *((address, False) for address in ("0.0.0.0", "::", "192.168.1.5", "node7")),
    ],
)
def test_that_only_loopback_counts_as_local(address: str, is_local: bool) -> None:
    assert is_loopback(address) is is_local
