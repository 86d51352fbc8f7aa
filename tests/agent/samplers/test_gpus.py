"""GPUs in detail, and GPUs that are lost and found, sampled by real agents."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING

from agent.samplers.test_sampling import first, of
from standins.agents import sampler
from standins.drivers import GIB

from accelgui.model.events import ProcessesSeen
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from standins.drivers import NvmlDriver

    from accelgui.model.sample import DeviceProcess

_USER_OF_NVML = "import pynvml, sys; pynvml.nvmlInit(); print(flush=True); sys.stdin.read()"


def processes(run: AgentRun, wanted: int) -> tuple[DeviceProcess, ...]:
    """Follow a sampler to the first list with so many processes."""
    found: tuple[DeviceProcess, ...] = ()
    for event in run.events():
        run.tell({"detail": True})
        if isinstance(event, ProcessesSeen) and len(event.processes) == wanted:
            found = event.processes
            run.stop()
    return found


def test_that_a_gpu_tells_what_its_hidden_units_do(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, **{"utilization_gpu": 100, "gpm.2": 42.5, "gpm.5": 17.25, "gpm.10": 61})

    with sampler(nvml.environment) as (_run, samples):
        gpu = first(samples, of("gpu:0", "tensor_activity_percent"))

    assert gpu.values["utilisation_percent"] == 100
    assert gpu.values["sm_activity_percent"] == 42.5
    assert gpu.values["tensor_activity_percent"] == 17.25
    assert gpu.values["memory_bandwidth_percent"] == 61


def test_that_a_gpu_without_such_counters_does_not_promise_them(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, gpm_supported=0, **{"field.82": None})

    with sampler(nvml.environment) as (_run, samples):
        gpu = list(islice((s for s in samples if s.device == "gpu:0"), 3))[-1]

    assert "tensor_activity_percent" not in gpu.values
    assert gpu.values["memory_temperature_celsius"] is None
    assert gpu.values["power_watts"] == 76.25


def test_that_pcie_throughput_is_measured_only_when_asked(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)

    with sampler(nvml.environment) as (run, samples):
        first(samples, of("gpu:0"))
        run.tell({"detail": True})
        first(samples, of("cores", "0"))
        before = first(samples, of("gpu:0"))
        run.tell({"pcie": True})
        shown = first(samples, of("gpu:0", "pcie_received_bytes_per_s"))
        run.tell({"pcie": False})
        first(samples, lambda s: s.device == "gpu:0" and "pcie_sent_bytes_per_s" not in s.values)

    assert "pcie_sent_bytes_per_s" not in before.values
    assert shown.values["pcie_sent_bytes_per_s"] == 1024 * 1024
    assert shown.values["pcie_received_bytes_per_s"] == 2048 * 1024


def test_that_cores_are_told_only_when_asked(nvml: NvmlDriver) -> None:
    with sampler(nvml.environment) as (run, samples):
        before = {sample.device for sample in islice(samples, 6)}
        run.tell({"detail": True})
        cores = first(samples, of("cores", "0"))

    assert "cores" not in before
    assert len(cores.values) == os.cpu_count()


def test_that_impossible_values_are_counted(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, utilization_gpu=4_294_967_295)

    with sampler(nvml.environment) as (_run, samples):
        first(samples, lambda s: (s.values.get("impossible_values_count") or 0) > 2)


def test_that_it_is_told_who_uses_a_gpu(nvml: NvmlDriver) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _USER_OF_NVML],
        env={**os.environ, **nvml.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as user:
        assert user.stdout is not None
        user.stdout.readline()
        nvml.install_gpus(2)
        nvml.set(1, processes=f"{user.pid}:{3 * GIB}:87")
        run = AgentRun(
            AgentCommand("sample", SampleRequest(0.1), environment=dict(nvml.environment))
        )
        found = processes(run, 1)
        user.communicate()

    (process,) = found
    assert (process.device, process.pid, process.kind) == ("gpu:1", user.pid, "compute")
    assert process.memory_bytes == 3 * GIB
    assert process.utilisation_percent == 87
    assert process.name is not None
    assert process.started_s is not None


def test_that_a_number_of_another_system_gets_no_name(nvml: NvmlDriver) -> None:
    # This process uses no GPU: the driver of a container's host means another one by its number.
    nvml.install_gpus(1, processes=f"{os.getpid()}:-1:5 999999999:4096:1")

    run = AgentRun(AgentCommand("sample", SampleRequest(0.1), environment=dict(nvml.environment)))
    found = processes(run, 2)

    assert [process.name for process in found] == [None, None]
    assert [process.memory_bytes for process in found] == [None, 4096]


def test_that_the_watched_run_is_told_process_by_process() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        try:
            run = AgentRun(AgentCommand("sample", SampleRequest(0.1)))
            run_process = None
            for event in run.events():
                # Again and again, as the window does whenever the pace changes.
                run.tell({"detail": True, "watch": busy.pid})
                if isinstance(event, ProcessesSeen) and event.processes:
                    run_process = event.processes[0]
                    if run_process.cpu_percent:
                        run.stop()
        finally:
            busy.kill()

    assert run_process is not None
    assert (run_process.device, run_process.pid) == ("host", busy.pid)


def test_that_sampling_goes_on_when_a_lost_driver_is_back(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2)

    with sampler(nvml.environment) as (_run, samples):
        first(samples, of("gpu:1", "power_watts"))
        for function in ("nvmlInitWithFlags", "nvmlDeviceGetHandleByIndex_v2", "*"):
            nvml.fail(function, 15, gpu=None if function != "*" else 0)
        nvml.fail("*", 15, gpu=1)
        first(samples, lambda s: s.device == "gpu:0" and s.values["power_watts"] is None)
        for function in ("nvmlInitWithFlags", "nvmlDeviceGetHandleByIndex_v2", "*"):
            nvml.fail(function, None, gpu=None if function != "*" else 0)
        nvml.fail("*", None, gpu=1)
        first(samples, of("gpu:0", "power_watts"))


def test_that_a_driver_that_fits_no_more_is_the_reason_that_is_told(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)

    with sampler(nvml.environment) as (_run, samples):
        first(samples, of("gpu:0", "power_watts"))
        nvml.fail("nvmlInitWithFlags", 18)
        nvml.fail("*", 15, gpu=0)
        first(samples, lambda s: s.values.get("nvml_error_code") == 15)
        first(samples, lambda s: s.values.get("nvml_error_code") == 18)
        nvml.fail("nvmlInitWithFlags", None)
        nvml.fail("*", None, gpu=0)
        back = first(samples, of("gpu:0", "power_watts"))

    assert back.values["nvml_error_code"] is None


def test_that_gpus_are_found_whose_driver_is_loaded_later(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    nvml.fail("nvmlInitWithFlags", 9)

    with sampler(nvml.environment) as (_run, samples):
        first(samples, of("host"))
        nvml.fail("nvmlInitWithFlags", None)
        first(samples, of("gpu:0", "power_watts"))


def test_that_it_ends_where_only_a_new_process_can_use_the_driver(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    run = AgentRun(AgentCommand("sample", SampleRequest(0.1), environment=dict(nvml.environment)))
    changed_s = None

    for event in run.events():
        is_gpu = getattr(getattr(event, "sample", None), "device", None) == "gpu:0"
        if is_gpu and changed_s is None:
            changed_s = time.monotonic()
            nvml.set(outdated_pid=run.pid)

    assert run.outcome is not None
    assert run.outcome.status is RunStatus.FINISHED
