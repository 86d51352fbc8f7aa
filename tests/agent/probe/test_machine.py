"""The whole probe in real agents, above driver libraries that are stand-ins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil
import pytest
from standins.agents import machines_seen
from standins.compiler import build_nvml
from standins.drivers import GIB, NvmlDriver, together

from accelgui.agent.probe.files import Files
from accelgui.agent.probe.machine import GPU_ASLEEP, ask_drivers, machine_in_files
from accelgui.agent.probe.nvml import ask_nvml
from accelgui.model.events import Alive, Hello, MachineSeen
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import MachineRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from pathlib import Path

    from standins.drivers import CudaDriver
    from standins.machines import MachineTree

    from accelgui.model.device import Device
    from accelgui.model.snapshot import Machine

# Codes of nvml.h that end the initialization or a call, by facts known from the field.
INIT_ERRORS = {
    4: "NVML_ERROR_NO_PERMISSION",
    9: "NVML_ERROR_DRIVER_NOT_LOADED",
    17: "NVML_ERROR_OPERATING_SYSTEM",
    18: "NVML_ERROR_LIB_RM_VERSION_MISMATCH",
    999: "NVML_ERROR_UNKNOWN",
}
GPU_ERRORS = {
    15: "NVML_ERROR_GPU_IS_LOST",
    16: "NVML_ERROR_RESET_REQUIRED",
    17: "NVML_ERROR_OPERATING_SYSTEM",
    18: "NVML_ERROR_LIB_RM_VERSION_MISMATCH",
    999: "NVML_ERROR_UNKNOWN",
}
NOT_REPORTED = (3, 4, 13)


def gpus(machine: Machine) -> list[Device]:
    return [device for device in machine.devices if device.key.startswith("gpu")]


def values(device: Device) -> dict[str, object]:
    return {fact.name: fact.value for fact in device.facts}


def test_that_files_are_told_first_and_the_drivers_answers_follow() -> None:
    first, last = machines_seen()

    assert first.host == last.host
    assert first.devices[0].key == "cpu"
    assert first.nvidia.nvml is None
    assert last.nvidia.nvml is not None
    assert last.nvidia.cuda is not None


@pytest.mark.parametrize("count", [0, 1, 2, 8])
def test_that_every_gpu_is_a_device(nvml: NvmlDriver, count: int) -> None:
    nvml.install_gpus(count)

    machine = machines_seen(nvml.environment)[-1]

    assert [gpu.key for gpu in gpus(machine)] == [f"gpu:{n}" for n in range(count)]
    assert {gpu.name for gpu in gpus(machine)} <= {"NVIDIA H200"}
    assert machine.nvidia.nvml_device_count == count
    assert machine.nvidia.nvml_driver_version == "580.65.06"
    assert machine.nvidia.nvml_cuda_version == "13.0"
    assert machine.nvidia.nvml is not None
    assert machine.nvidia.nvml.code == 0
    assert machine.nvidia.nvml.library_path == str(nvml.library)
    assert machine.problems == ()


def test_that_nvml_and_libcuda_complete_each_other(nvml: NvmlDriver, libcuda: CudaDriver) -> None:
    nvml.install_gpus(1)
    libcuda.set(count=1, pci_bus_id="0000:01:00.0", **{"attribute.16": 132})

    machine = machines_seen(together(nvml, libcuda))[-1]

    (gpu,) = gpus(machine)
    told = values(gpu)
    assert told["multiprocessor_count"] == 132
    assert told["compute_capability"] == "9.0"
    assert told["memory_total_bytes"] == 141 * GIB
    assert told["power_limit_max_watts"] == 700
    assert told["clock_sm_max_hz"] == 1_980_000_000
    assert told["architecture"] == "Hopper"
    assert told["ecc_enabled"] is True
    assert told["ecc_errors_corrected_count"] == 2
    assert told["pcie_width"] == 16
    assert told["cuda_version"] == "13.0"
    assert machine.nvidia.cuda_device_count == 1


@pytest.mark.parametrize("code", NOT_REPORTED)
def test_that_a_refused_fact_is_not_reported_and_no_problem(nvml: NvmlDriver, code: int) -> None:
    nvml.install_gpus(1)
    nvml.fail("nvmlDeviceGetSerial", code)

    machine = machines_seen(nvml.environment)[-1]

    told = values(gpus(machine)[0])
    assert told["serial"] is None
    assert told["uuid"] is not None
    assert machine.problems == ()


@pytest.mark.parametrize(("code", "name"), GPU_ERRORS.items())
def test_that_a_failing_gpu_is_a_problem_and_the_other_keeps_its_facts(
    nvml: NvmlDriver, code: int, name: str
) -> None:
    nvml.install_gpus(2)
    nvml.fail("*", code, gpu=0)

    machine = machines_seen(nvml.environment)[-1]

    failing, healthy = gpus(machine)
    assert values(failing).get("uuid") is None
    assert values(healthy)["uuid"] == "GPU-00000000-0000-0000-0000-000000000001"
    (problem,) = machine.problems
    assert problem.call == "nvmlDeviceGetHandleByIndex(gpu:0)"
    assert (problem.code, problem.name) == (code, name)


def test_that_one_failing_call_costs_one_fact(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    nvml.fail("nvmlDeviceGetRemappedRows", 999)

    machine = machines_seen(nvml.environment)[-1]

    told = values(gpus(machine)[0])
    assert told["row_remap_pending"] is None
    assert told["vbios_version"] == "96.00.74.00.01"
    assert [problem.call for problem in machine.problems] == ["nvmlDeviceGetRemappedRows(gpu:0)"]


@pytest.mark.parametrize(("code", "name"), INIT_ERRORS.items())
def test_that_a_failing_nvml_is_told_in_its_own_words(
    nvml: NvmlDriver, code: int, name: str
) -> None:
    nvml.fail("nvmlInitWithFlags", code)

    (answer,) = (machine.nvidia.nvml for machine in machines_seen(nvml.environment)[1:])

    assert answer is not None
    assert (answer.code, answer.name) == (code, name)
    assert answer.message


def test_that_a_missing_nvml_is_told(tmp_path: Path) -> None:
    answer = machines_seen({"LD_LIBRARY_PATH": str(tmp_path)})[-1].nvidia.nvml

    assert answer is not None
    if answer.code != 0:  # A machine with a driver has one in the loader's cache.
        assert (answer.code, answer.name) == (12, "NVML_ERROR_LIBRARY_NOT_FOUND")


def test_that_an_older_driver_leaves_only_its_missing_calls_out(tmp_path: Path) -> None:
    missing = ("nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetNumGpuCores")
    nvml = NvmlDriver(build_nvml(tmp_path / "old", without=missing), tmp_path / "state")
    nvml.install_gpus(1)

    machine = machines_seen(nvml.environment)[-1]

    told = values(gpus(machine)[0])
    assert told["cuda_cores_count"] is None
    assert told["memory_total_bytes"] == 141 * GIB
    assert machine.problems == ()


def test_that_a_hanging_call_costs_its_gpus_other_facts_and_no_others(nvml: NvmlDriver) -> None:
    nvml.install_gpus(3)
    nvml.hang("nvmlDeviceGetSerial", gpu=1)

    machine = machines_seen(nvml.environment, call_timeout_s=1.0)[-1]

    before, hanging, after = gpus(machine)
    assert values(before)["vbios_version"] == values(after)["vbios_version"] == "96.00.74.00.01"
    assert values(hanging)["uuid"] == "GPU-00000000-0000-0000-0000-000000000001"
    assert values(hanging).get("vbios_version") is None
    (problem,) = machine.problems
    assert problem.call == "nvmlDeviceGetSerial(gpu:1)"
    assert problem.timed_out


def test_that_a_hanging_initialization_is_given_up_in_time(
    nvml: NvmlDriver, libcuda: CudaDriver
) -> None:
    nvml.hang("nvmlInitWithFlags")
    libcuda.hang("cuInit")
    started_s = time.monotonic()

    machine = machines_seen(together(nvml, libcuda), call_timeout_s=1.0)[-1]

    # Both limits run at once; the rest is the start of two processes on a busy machine.
    assert time.monotonic() - started_s < 1.0 + 8.0
    for answer, call in ((machine.nvidia.nvml, "nvmlInit"), (machine.nvidia.cuda, "cuInit")):
        assert answer is not None
        assert answer.call == call
        assert answer.timed_out
        assert answer.code is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (100, "CUDA_ERROR_NO_DEVICE"),
        (802, "CUDA_ERROR_SYSTEM_NOT_READY"),
        (803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
        (804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"),
        (999, "CUDA_ERROR_UNKNOWN"),
    ],
)
def test_that_a_failing_cuinit_is_told_with_the_drivers_level(
    libcuda: CudaDriver, code: int, name: str
) -> None:
    libcuda.fail("cuInit", code)
    libcuda.set(driver_version=12040)

    nvidia = machines_seen(libcuda.environment)[-1].nvidia

    assert nvidia.cuda is not None
    assert (nvidia.cuda.code, nvidia.cuda.name) == (code, name)
    assert nvidia.cuda.library_path == str(libcuda.library)
    assert nvidia.cuda_version == "12.4"
    assert nvidia.cuda_device_count is None


def test_that_an_aborting_libcuda_costs_its_own_facts_only(
    nvml: NvmlDriver, libcuda: CudaDriver
) -> None:
    nvml.install_gpus(1)
    libcuda.abort("cuInit")

    machine = machines_seen(together(nvml, libcuda))[-1]

    assert machine.nvidia.cuda is not None
    assert (machine.nvidia.cuda.name, machine.nvidia.cuda.message) == ("crashed", "signal 6")
    assert [gpu.name for gpu in gpus(machine)] == ["NVIDIA H200"]


def test_that_a_gpu_without_nvml_is_known_from_libcuda(libcuda: CudaDriver) -> None:
    libcuda.set(count=1, name="Orin", memory_total=32 * GIB, **{"attribute.16": 16})

    machine = machines_seen(libcuda.environment)[-1]

    (gpu,) = gpus(machine)
    assert gpu.name == "Orin"
    assert values(gpu)["multiprocessor_count"] == 16


def test_that_no_sleeping_gpu_is_woken(
    machine_tree: MachineTree,
    nvml: NvmlDriver,
    libcuda: CudaDriver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nvml.install_gpus(1)
    nvml.hang("nvmlInitWithFlags")
    libcuda.hang("cuInit")
    for name, value in together(nvml, libcuda).items():
        monkeypatch.setenv(name, value)
    machine = machine_in_files(Files(str(machine_tree.pci_gpu(asleep=True).root)))

    nvml_answer, cuda_answer = ask_drivers(machine, timeout_s=1.0)

    for answer in (nvml_answer.init, cuda_answer.init):
        assert (answer.name, answer.message) == ("not_called", GPU_ASLEEP)
        assert not answer.timed_out


def test_that_a_sleeping_gpu_beside_one_that_is_awake_is_left_alone(
    nvml: NvmlDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml.install_gpus(2)
    nvml.hang("nvmlDeviceGetHandleByIndex_v2", gpu=0)
    for name, value in nvml.environment.items():
        monkeypatch.setenv(name, value)

    answer = ask_nvml(asleep=[0], silence_s=5.0)

    assert list(answer.gpus) == [1]
    assert answer.problems == []


def test_that_a_machine_in_files_is_told_once_and_nothing_live_is_asked(
    machine_tree: MachineTree, nvml: NvmlDriver
) -> None:
    nvml.install_gpus(2)
    machine_tree.nvidia_machine(1).tpu("v5e", 1)
    request = MachineRequest(sysroot=str(machine_tree.root))
    run = AgentRun(AgentCommand("machine", request, environment=nvml.environment))

    seen = [event.machine for event in run.events() if hasattr(event, "machine")]

    (machine,) = seen
    assert machine.host.hostname == "workstation"
    assert machine.nvidia.module_loaded
    assert machine.nvidia.nvml is None
    assert [device.key for device in machine.devices] == ["cpu", "gpu:0", "tpu:0"]
    assert [lib.origin for lib in machine.libraries] == ["ldconfig", "ldconfig"]


def test_that_a_stopped_probe_leaves_no_hanging_question_behind(libcuda: CudaDriver) -> None:
    libcuda.hang("cuInit")
    run = AgentRun(AgentCommand("machine", MachineRequest(), environment=libcuda.environment))

    for event in run.events():
        if isinstance(event, MachineSeen):
            run.stop()

    assert run.outcome is not None
    assert run.outcome.status is RunStatus.STOPPED
    assert run.outcome.elapsed_s < 6


def test_that_a_question_dies_with_the_agent_that_asked_it(libcuda: CudaDriver) -> None:
    libcuda.hang("cuInit")
    run = AgentRun(AgentCommand("machine", MachineRequest(), environment=libcuda.environment))
    questions: list[psutil.Process] = []

    for event in run.events():
        if isinstance(event, Hello):
            agent = psutil.Process(event.pid)
        elif isinstance(event, Alive) and not questions:
            questions = agent.children()
            agent.kill()

    assert questions
    assert psutil.wait_procs(questions, timeout=5)[1] == []
