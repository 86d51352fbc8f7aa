"""The host's values, those of the watched run above all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import psutil
import pytest

from accelgui.agent.samplers import run_tree
from accelgui.agent.samplers.host import HostSource
from accelgui.agent.samplers.run_tree import RunTree
from accelgui.agent.samplers.tcp import TcpCounters

_SENDS = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    print(flush=True)
    for line in sys.stdin:
        connection.sendall(b"x" * int(line))
"""


def test_that_a_process_that_ended_reports_no_memory_rather_than_none_used() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        tree = RunTree(psutil, process.pid)
        alive = tree.take()["run_memory_bytes"]
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
        seen = psutil.Process(process.pid)
        while seen.status() != psutil.STATUS_ZOMBIE:
            pass

        assert alive is not None
        assert alive > 0
        assert tree.take()["run_memory_bytes"] is None


def test_that_the_network_of_a_run_is_that_of_its_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if TcpCounters().carried() is None:
        pytest.skip("this kernel does not tell what connections carry")
    monkeypatch.setattr(run_tree, "_NETWORK_EVERY_S", 0.0)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        subprocess.Popen(
            [sys.executable, "-c", _SENDS, str(server.getsockname()[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        server.accept()[0] as here,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        tree = RunTree(psutil, process.pid)
        first = tree.take()["run_network_sent_bytes_per_s"]
        process.stdin.write("1000000\n")
        process.stdin.flush()
        got = 0
        while got < 1_000_000:
            got += len(here.recv(1 << 16))
        sent = 0.0
        while not sent:
            values = tree.take()
            sent = values["run_network_sent_bytes_per_s"] or 0.0
        process.stdin.close()

    assert first is None
    assert values["run_network_received_bytes_per_s"] == 0.0


def test_that_a_connection_which_came_since_the_last_look_counts_whole() -> None:
    network = run_tree._Network()
    looks: list[dict[int, tuple[int, int]]] = []
    network._counters.carried = lambda: looks.pop(0)  # type: ignore[method-assign]
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as ours:
        ours.connect(server.getsockname())
        inode = os.fstat(ours.fileno()).st_ino
        foreign = {1: (10**9, 10**9)}
        looks += [foreign, {inode: (500, 40), 1: (2 * 10**9, 10**9)}, {inode: (500, 90)}]
        for _look in range(3):
            network.take({os.getpid()})

    assert network._sums == [500, 90]


def test_that_a_kernel_that_refuses_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def refuse(*arguments: Any) -> None:
        asked.append(arguments)
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refuse)
    counters = TcpCounters()

    assert (counters.carried(), counters.carried()) == (None, None)
    assert len(asked) == 1


class HidingSystem:
    """psutil where /proc is hidden."""

    def __getattr__(self, name: str) -> Any:
        raise PermissionError(13, "Permission denied", f"/proc/{name}")


def test_that_what_a_container_hides_is_not_reported() -> None:
    source = HostSource()
    source._psutil = HidingSystem()

    values = source.take()["host"]

    assert values["memory_total_bytes"] is None
    assert values["swap_used_bytes"] is None
