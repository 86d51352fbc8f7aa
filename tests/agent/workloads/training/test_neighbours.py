"""How much of the CPU others use, told from what this process uses itself."""

from __future__ import annotations

import subprocess
import sys
import time

from accelgui.agent.workloads.training.neighbours import Neighbours

WORK_S = 0.6
BUSY = "while True: pass"


def work() -> None:
    """Keep one core busy."""
    end_s = time.process_time() + WORK_S
    while time.process_time() < end_s:
        pass


def test_that_a_busy_program_beside_us_is_seen() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY]) as other:
        neighbours = Neighbours()
        work()
        cores = neighbours.cores()
        other.kill()
    assert cores is not None
    assert cores > 0.2


def test_that_too_short_a_look_says_nothing() -> None:
    assert Neighbours().cores() is None


def test_that_our_own_work_is_not_theirs() -> None:
    import psutil

    own_began_s, neighbours = time.process_time(), Neighbours()
    all_began = psutil.cpu_times()
    began_s = time.monotonic()
    work()
    elapsed_s = time.monotonic() - began_s
    cores = neighbours.cores()
    own = (time.process_time() - own_began_s) / elapsed_s
    now = psutil.cpu_times()
    everybody = (now.user + now.system - all_began.user - all_began.system) / elapsed_s
    assert cores is not None
    # Others may be at work on this machine while the tests run.
    assert cores < everybody - own + 0.3
