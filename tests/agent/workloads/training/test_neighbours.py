"""How much of the CPU others use, told from what this process uses itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from accelgui.agent.workloads.training.neighbours import Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator


WORK_S = 0.6
BUSY = "while True: pass"
STARTS_AND_LEAVES = (
    f"print(s.Popen([sys.executable, '-c', '{BUSY}'], stdout=s.DEVNULL, stderr=s.DEVNULL).pid)"
)


def work() -> None:
    """Keep one core busy."""
    end_s = time.process_time() + WORK_S
    while time.process_time() < end_s:
        pass


@pytest.fixture
def stranger() -> Iterator[None]:
    """A busy program that is nobody's child any more."""
    started = [sys.executable, "-c", f"import sys, subprocess as s; {STARTS_AND_LEAVES}"]
    pid = int(subprocess.run(started, stdout=subprocess.PIPE, check=True).stdout)
    yield
    os.kill(pid, signal.SIGKILL)


@pytest.mark.usefixtures("stranger")
def test_that_a_busy_program_beside_us_is_seen() -> None:
    neighbours = Neighbours()
    work()
    cores = neighbours.cores()
    assert cores is not None
    assert cores > 0.2


def test_that_linux_tells_of_others_without_psutil_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    with subprocess.Popen([sys.executable, "-c", BUSY]) as other:
        neighbours = Neighbours()
        work()
        cores = neighbours.cores()
        other.kill()
    assert cores is not None
    assert cores > 0.2


def test_that_helpers_of_ours_are_no_others() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY]) as helper:
        began_s, neighbours = time.monotonic(), Neighbours()
        work()
        worked_s = sum(psutil.Process(helper.pid).cpu_times()[:2])
        helper_cores = worked_s / (time.monotonic() - began_s)
        cores = neighbours.cores()
        helper.kill()
    assert cores is not None
    # Others may be at work on this machine while the tests run, but have only what is left.
    assert cores < (os.cpu_count() or 1) - helper_cores + 0.3


def test_that_too_short_a_look_says_nothing() -> None:
    assert Neighbours().cores() is None


def test_that_our_own_work_is_not_theirs() -> None:
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
