"""How much of the machine's memory a process may still have."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from accelgui.agent.memory import host
from accelgui.agent.probe.files import Files

if TYPE_CHECKING:
    from standins.machines import MachineTree

GIB = 1 << 30

# In a process of its own: limits cannot be taken back.
LIMITED = """
import resource
from accelgui.agent.memory import host
{}
now = host.memory_now()
print(now.total_bytes, now.limited_by, now.free_bytes < now.total_bytes)
"""
KEPT_WITHIN = """
from accelgui.agent.memory import host
host.keep_within(0.001)
try:
    bytearray(1 << 30)
except MemoryError:
    print(open("/proc/self/oom_score_adj").read().strip())
"""


def said_by(script: str) -> list[str]:
    """Return the words of a script that may get less memory than others."""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True
    )
    return ended.stdout.split()


@pytest.fixture
def tree(machine_tree: MachineTree) -> MachineTree:
    machine_tree.write("proc/meminfo", f"MemTotal: {64 << 20} kB\nMemAvailable: {40 << 20} kB\n")
    return machine_tree.write("proc/self/statm", "2000 1000 500 1 0 300 0\n")


def test_that_it_is_what_the_machine_has_left(tree: MachineTree) -> None:
    now = host.memory_now(Files(str(tree.root)))
    assert (now.total_bytes, now.free_bytes, now.limited_by) == (64 * GIB, 40 * GIB, None)
    assert now.own_bytes == 1000 * host._PAGE_BYTES


@pytest.mark.parametrize(
    ("folder", "limit", "used"),
    [
        ("sys/fs/cgroup/box", "memory.max", "memory.current"),
        ("sys/fs/cgroup", "memory.max", "memory.current"),
        ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ],
)
def test_that_a_container_may_have_less(
    tree: MachineTree, folder: str, limit: str, used: str
) -> None:
    tree.write("proc/self/cgroup", "0::/box\n")
    tree.write(f"{folder}/{limit}", str(8 * GIB))
    tree.write(f"{folder}/{used}", str(6 * GIB))
    now = host.memory_now(Files(str(tree.root)))
    assert (now.total_bytes, now.free_bytes) == (8 * GIB, 2 * GIB)
    assert now.limited_by == "container_limit"


@pytest.mark.parametrize("limit", ["max", str(1 << 63)])
def test_that_no_limit_is_none(tree: MachineTree, limit: str) -> None:
    tree.write("sys/fs/cgroup/memory.max", limit)
    tree.write("sys/fs/cgroup/memory.current", str(60 * GIB))
    assert host.memory_now(Files(str(tree.root))).limited_by is None


def test_that_the_limit_of_the_shell_counts() -> None:
    limit = "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))"
    assert said_by(LIMITED.format(limit)) == [str(2 * GIB), "process_limit", "True"]
    assert "process_limit" not in said_by(LIMITED.format(""))


def test_that_an_attempt_fails_before_the_machine_suffers() -> None:
    assert said_by(KEPT_WITHIN) == ["1000"]
