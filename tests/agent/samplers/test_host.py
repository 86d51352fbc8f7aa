"""The host's values, of the tree of processes that is watched above all."""

from __future__ import annotations

import subprocess
import sys

import psutil

from accelgui.agent.samplers.host import ProcessTree


def test_that_a_process_that_ended_reports_no_memory_rather_than_none_used() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        tree = ProcessTree(psutil, process.pid)
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
