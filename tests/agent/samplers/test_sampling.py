"""The sampler in real agents, above a stand-in for NVML."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from standins.agents import sampler
from standins.drivers import GIB

from accelgui.model.events import Hello, SampleTaken
from accelgui.model.requests import SampleRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from standins.drivers import NvmlDriver

    from accelgui.model.sample import Sample

# Far more ticks than anything here needs: an expectation that is not met fails, and ends.
_SAMPLES = 400


def first(samples: Iterator[Sample], wanted: Callable[[Sample], bool]) -> Sample:
    """Return the first sample that fits."""
    for sample in islice(samples, _SAMPLES):
        if wanted(sample):
            return sample
    raise AssertionError(f"no such sample among {_SAMPLES}")


def of(device: str, name: str | None = None) -> Callable[[Sample], bool]:
    """Fit samples of a device, in which a value is reported if it is named."""
    return lambda sample: (
        sample.device == device and (name is None or sample.values.get(name) is not None)
    )


def test_that_host_and_cpu_are_sampled_on_every_machine() -> None:
    with sampler() as (_run, samples):
        host = first(samples, of("host", "cpu_percent"))
        cpu = first(samples, of("cpu", "utilisation_percent"))

    assert {"cpu_percent", "memory_used_bytes", "swap_used_bytes"} <= set(host.values)
    used, total = host.values["memory_used_bytes"], host.values["memory_total_bytes"]
    assert used is not None
    assert total is not None
    assert 0 < used < total
    assert {"temperature_celsius", "power_watts", "energy_joules"} <= set(cpu.values)
    load = cpu.values["utilisation_percent"]
    assert load is not None
    assert 0 <= load <= 100


def test_that_times_are_of_the_systems_monotonic_clock() -> None:
    before_s = time.monotonic()
    with sampler() as (_run, samples):
        sample = first(samples, of("host"))

    assert before_s < sample.time_s < time.monotonic()


def test_that_a_gpu_tells_everything_it_has_in_its_units(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, memory_used=3 * GIB, utilization_gpu=87, fan_percent=40)

    with sampler(nvml.environment) as (_run, samples):
        gpu = first(samples, of("gpu:0"))

    known = {name: value for name, value in gpu.values.items() if value is not None}
    assert (
        known.items()
        >= {
            "utilisation_percent": 87.0,
            "memory_utilisation_percent": 0.0,
            "memory_used_bytes": 3.0 * GIB,
            "memory_reserved_bytes": 0.5 * GIB,
            "memory_total_bytes": 141.0 * GIB,
            "power_watts": 76.25,
            "temperature_celsius": 31.0,
            "clock_sm_hz": 345e6,
            "clock_memory_hz": 3201e6,
            "fan_percent": 40.0,
            "clocks_event_reasons": 1.0,
            "memory_temperature_celsius": 38.0,
            "energy_joules": 1234.567,
            "encoder_percent": 0.0,
            "decoder_percent": 0.0,
            "ecc_corrected_count": 0.0,
            "ecc_uncorrected_count": 0.0,
        }.items()
    )


def test_that_values_follow_the_gpu_while_it_runs(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2)

    with sampler(nvml.environment) as (_run, samples):
        first(samples, of("gpu:1"))
        nvml.set(gpu=1, utilization_gpu=99, power_mw=612_500)
        changed = first(
            samples, lambda s: s.device == "gpu:1" and s.values["utilisation_percent"] == 99
        )

    assert changed.values["power_watts"] == 612.5


@pytest.mark.parametrize(
    ("impossible", "name"),
    [
        ({"utilization_gpu": 4294967295}, "utilisation_percent"),
        ({"power_mw": 0}, "power_watts"),
        ({"temperature.0": 0}, "temperature_celsius"),
        ({"clock_mhz.1": 0}, "clock_sm_hz"),
        ({"memory_used": 200 * GIB, "memory_reserved": 0}, "memory_used_bytes"),
    ],
)
def test_that_an_impossible_value_is_not_reported(
    nvml: NvmlDriver, impossible: dict[str, int], name: str
) -> None:
    nvml.install_gpus(1, **impossible)

    with sampler(nvml.environment) as (_run, samples):
        gpu = first(samples, of("gpu:0", "memory_total_bytes"))

    assert gpu.values[name] is None


@pytest.mark.parametrize("code", [3, 4, 13, 15, 16, 17, 18, 25, 999])
def test_that_a_refused_counter_is_none_and_the_rest_goes_on(nvml: NvmlDriver, code: int) -> None:
    nvml.install_gpus(1)
    nvml.fail("nvmlDeviceGetPowerUsage", code)

    with sampler(nvml.environment) as (_run, samples):
        gpu = first(samples, of("gpu:0"))

    assert gpu.values["power_watts"] is None
    assert gpu.values["temperature_celsius"] == 31


def test_that_a_gpu_that_recovers_is_sampled_again(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    nvml.fail("*", 15, gpu=0)

    with sampler(nvml.environment) as (_run, samples):
        lost = first(samples, of("gpu:0"))
        nvml.fail("*", None, gpu=0)
        found = first(samples, of("gpu:0", "power_watts"))

    told = {name: value for name, value in lost.values.items() if value is not None}
    assert told == {"nvml_error_code": 15}
    assert found.values["nvml_error_code"] is None


def test_that_a_hanging_gpu_costs_its_own_curve_only(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2)
    nvml.hang("nvmlDeviceGetPowerUsage", gpu=0)

    with sampler(nvml.environment) as (_run, samples):
        first(samples, of("gpu:1", "power_watts"))
        hanging = first(samples, of("gpu:0"))
        first(samples, of("gpu:1", "power_watts"))
        nvml.release("nvmlDeviceGetPowerUsage", gpu=0)
        back = first(
            samples,
            lambda s: (
                s.device == "gpu:0" and "silent_s" in s.values and s.values["silent_s"] is None
            ),
        )
        first(samples, of("gpu:0", "power_watts"))

    assert (hanging.values["silent_s"] or 0) > 1
    assert {value for name, value in hanging.values.items() if name != "silent_s"} == {None}
    # What was read before the hang is as old as that.
    assert set(back.values.values()) == {None}


def test_that_a_hanging_nvml_costs_no_other_curve_and_no_stop(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1)
    nvml.hang("nvmlInitWithFlags")

    # Leaving the block stops the sampler, which has to end by itself.
    with sampler(nvml.environment) as (_run, samples):
        seen = {sample.device for sample in islice(samples, 20)}

    assert seen == {"host", "cpu"}


def test_that_a_watched_process_adds_its_load_and_memory() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "x = bytearray(100 << 20)\nwhile True: pass"])
    try:
        with sampler() as (run, samples):
            first(samples, of("host"))
            run.tell({"watch": busy.pid})
            big = first(samples, lambda s: (s.values.get("run_memory_bytes") or 0) > 100 << 20)
            working = first(samples, lambda s: (s.values.get("run_cpu_percent") or 0) > 20)
            run.tell({"watch": None})
            first(samples, lambda s: s.device == "host" and "run_cpu_percent" not in s.values)
    finally:
        busy.kill()
        busy.wait()

    assert big.device == working.device == "host"


def test_that_a_process_that_is_gone_is_not_reported() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    with sampler() as (run, samples):
        first(samples, of("host"))
        run.tell({"watch": gone.pid})
        sample = first(samples, lambda s: "run_memory_bytes" in s.values)

    assert sample.values["run_memory_bytes"] is None
    assert sample.values["run_cpu_percent"] is None


def test_that_a_command_is_heard_that_comes_before_the_first_sample() -> None:
    request = SampleRequest(interval_s=0.1)
    run = AgentRun(AgentCommand("sample", request))
    heard = False
    for event in run.events():
        if isinstance(event, Hello):
            run.tell({"watch": os.getpid()})
        if isinstance(event, SampleTaken) and event.sample.device == "host":
            heard = "run_memory_bytes" in event.sample.values
            run.stop()

    assert heard


def test_that_the_pace_can_be_changed_while_it_runs() -> None:
    with sampler(interval_s=3600) as (run, samples):
        first(samples, of("host"))
        run.tell({"interval_s": 0.05})
        times_s = [first(samples, of("host")).time_s for _ in range(6)]

    assert times_s[-1] - times_s[1] < 2.0


@pytest.mark.parametrize(
    "nonsense",
    [{"watch": "everything"}, {"watch": True}, {"interval_s": "fast"}, {"interval_s": True}, {}],
)
def test_that_a_senseless_command_changes_nothing(nonsense: dict[str, object]) -> None:
    with sampler() as (run, samples):
        first(samples, of("host"))
        run.tell(nonsense)
        run.tell({"watch": os.getpid()})
        sample = first(samples, lambda s: "run_memory_bytes" in s.values)

    assert sample.values["run_memory_bytes"] is not None
