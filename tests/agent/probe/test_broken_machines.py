"""The probe must get through whatever a machine, or a copy of one, holds in its files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from standins.agents import sampler_in

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.machine import machine_in_files
from accelgui.model.events import Hello, MachineSeen, WorkFailed, decode, encode
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import MachineRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from pathlib import Path

    from standins.drivers import NvmlDriver
    from standins.machines import MachineTree

GARBAGE = (
    b"",
    b"\n\n",
    b"\xff\xfe\x00garbage \xc3\x28",
    b"MemTotal: lots\nflags",
    b"0-x,,3-\n: :\n=",
)


def everything(tree: MachineTree) -> MachineTree:
    """Have a file of every kind that the probe reads."""
    tree.nvidia_machine(2).tpu("v3", 1).tpu("v5e", 2).gvnic().wsl().secure_boot(on=True)
    tree.container("podman").virtual_machine().write("etc/ld.so.cache", "")
    tree.write("usr/share/misc/pci.ids", "10de  NVIDIA\n\t2335  GH100\n")
    return tree.write("sys/fs/cgroup/memory.max", "1000\n")


@pytest.mark.parametrize("garbage", GARBAGE)
def test_that_no_file_of_garbage_stops_the_probe(machine_tree: MachineTree, garbage: bytes) -> None:
    root = everything(machine_tree).root
    # Further CPUs are like the first.
    shutil.rmtree(root / "sys/devices/system/cpu")
    machine_tree.cpu(cores=1, threads_per_core=1)
    for file in [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]:
        content = file.read_bytes()
        file.write_bytes(garbage)
        machine = machine_in_files(Files(str(root)))
        file.write_bytes(content)

        # What it tells can also be told over the wire.
        assert decode(encode(MachineSeen(machine))) == MachineSeen(machine), file


def test_that_an_empty_folder_is_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    machine = machine_in_files(Files(str(tmp_path)))

    assert [device.key for device in machine.devices] == ["cpu"]
    assert machine.pci == machine.libraries == machine.tpu.chips == machine.nvidia.nodes == ()
    assert machine.nvidia.module_loaded is None


def test_that_a_sysroot_that_is_not_there_is_what_a_person_got_wrong(tmp_path: Path) -> None:
    run = AgentRun(AgentCommand("machine", MachineRequest(sysroot=str(tmp_path / "nowhere"))))

    assert [type(event) for event in run.events()] == [Hello, WorkFailed]
    assert run.outcome is not None
    assert run.outcome.failure is FailureKind.INPUT
    assert run.outcome.message == f"not a folder: {tmp_path / 'nowhere'}"


@pytest.fixture
def bare_python(tmp_path: Path) -> str:
    """A Python without psutil, pynvml or anything else."""
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin/python")


def test_that_a_bare_python_tells_what_files_and_libcuda_tell(
    bare_python: str, nvml: NvmlDriver
) -> None:
    nvml.install_gpus(1)
    run = AgentRun(
        AgentCommand("machine", MachineRequest(), bare_python, environment=nvml.environment)
    )

    seen = [event.machine for event in run.events() if isinstance(event, MachineSeen)]

    assert run.outcome is not None
    assert run.outcome.status is RunStatus.FINISHED
    answer = seen[-1].nvidia.nvml
    assert answer is not None
    assert (answer.code, answer.name) == (None, "not_called")
    assert "pynvml" in (answer.message or "")
    assert json.loads(encode(MachineSeen(seen[-1])))["machine"]["host"]["kernel"]


def test_that_a_sampler_in_a_bare_python_reports_nothing_calmly(bare_python: str) -> None:
    with sampler_in(bare_python) as (_run, samples):
        sample = next(sample for sample in samples if sample.device == "host")

    assert set(sample.values.values()) == {None}
