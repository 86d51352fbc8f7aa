"""Each cause in the TPU chain: what shows it, and the near miss that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from diagnosis.snapshots import NO_DRIVER, cpu_tensorflow, host, node, snapshot, tpu_machine

from accelgui.diagnosis import examine
from accelgui.model.chain import Accelerator
from accelgui.model.finding import VerdictStatus
from accelgui.model.snapshot import Machine, Tpu

HEALTHY = tpu_machine().tpu
CHIP = HEALTHY.chips[0]
BUSY = "The TPU is already in use by process with pid 4242. Not attempting to load libtpu.so"
LOCKED = "ABORTED: Internal error when accessing libtpu multi-process lockfile /tmp/libtpu_lockfile"


def with_tpu(**changes: object) -> Machine:
    return tpu_machine(tpu=replace(HEALTHY, **changes))  # type: ignore[arg-type]


def codes(there: Machine, log: tuple[str, ...] = ()) -> set[str]:
    jax = cpu_tensorflow(name="jax", distribution="jax", log=log)
    return {finding.code for finding in examine(snapshot(there, jax)).findings}


CASES: dict[str, tuple[str, Machine, Machine]] = {
    "a chip without node / with one": (
        "device_nodes_missing",
        with_tpu(chips=(replace(CHIP, node=None),), nodes=()),
        tpu_machine(),
    ),
    "the chip's node is closed / another device's is": (
        "device_permission_denied",
        with_tpu(nodes=(node("vfio/0", usable=False),)),
        with_tpu(nodes=(*HEALTHY.nodes, node("vfio/9", usable=False))),
    ),
    "no libtpu / libtpu": ("libtpu_library_missing", with_tpu(libtpu_path=None), tpu_machine()),
    "a lock in a tree of files / on a machine that was asked": (
        "tpu_lockfile_stale",
        replace(with_tpu(lockfile_path="/tmp/libtpu_lockfile"), is_live=False),
        with_tpu(lockfile_path="/tmp/libtpu_lockfile"),
    ),
    "held / free": (
        "tpu_held_by_other_process",
        with_tpu(chips=(replace(CHIP, holder_pid=4242, holder_name="python"),)),
        tpu_machine(),
    ),
}


@pytest.mark.parametrize(("code", "there", "near"), CASES.values(), ids=CASES)
def test_that_the_cause_is_found_and_the_near_miss_is_not(
    code: str, there: Machine, near: Machine
) -> None:
    assert code in codes(there)
    assert code not in codes(near)


def test_that_the_framework_may_name_who_holds_the_chip() -> None:
    jax = cpu_tensorflow(name="jax", distribution="jax", log=(BUSY,))
    finding = examine(snapshot(tpu_machine(), jax)).findings[0]
    assert (finding.code, finding.parameters["pid"]) == ("tpu_held_by_other_process", "4242")


def test_that_a_lock_file_matters_only_when_the_library_complains_of_it() -> None:
    there = with_tpu(lockfile_path="/tmp/libtpu_lockfile")
    assert "tpu_lockfile_stale" in codes(there, (LOCKED,))
    assert "tpu_lockfile_stale" not in codes(there)
    assert "tpu_lockfile_stale" not in codes(tpu_machine(), (LOCKED,))


def test_that_a_chip_which_is_held_shows_that_the_library_is_there() -> None:
    held = with_tpu(libtpu_path=None, chips=(replace(CHIP, holder_pid=4242),))
    assert codes(held) >= {"tpu_held_by_other_process"}
    assert "libtpu_library_missing" not in codes(held)


def test_that_a_hosted_runtime_says_by_its_environment_that_it_has_a_tpu() -> None:
    attached = Machine(host=host(), nvidia=NO_DRIVER, tpu=Tpu(hints={"TPU_NAME": "local"}))
    verdict = examine(snapshot(attached))
    assert verdict.accelerator is Accelerator.TPU
    assert verdict.status is VerdictStatus.NOT_ACCELERATED


def test_that_a_wish_for_a_tpu_is_no_tpu() -> None:
    wishing = Machine(
        host=host(),
        nvidia=NO_DRIVER,
        tpu=Tpu(hints={"JAX_PLATFORMS": "tpu", "LIBTPU_INIT_ARGS": "--x"}),
    )
    assert examine(snapshot(wishing)).status is VerdictStatus.NO_ACCELERATOR
