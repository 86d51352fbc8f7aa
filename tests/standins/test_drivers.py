from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from standins.compiler import build_nvml
from standins.drivers import GIB, NvmlDriver, wave

if TYPE_CHECKING:
    from pathlib import Path

    from standins.drivers import CudaDriver, Driver


def ask(driver: Driver, *lines: str) -> list[str]:
    """Run lines of Python in a process that loads the stand-in; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        env={**os.environ, **driver.environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.splitlines()


NVML = "from pynvml import *; nvmlInit(); gpu = lambda n: nvmlDeviceGetHandleByIndex(n)"


def refused(call: str) -> str:
    return f"try: {call}\nexcept NVMLError as error: print(error.value)"


def test_that_unpatched_pynvml_sees_the_gpus_that_were_installed(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2, memory_used=3 * GIB)
    nvml.set(gpu=1, name="NVIDIA L4")

    said = ask(
        nvml,
        NVML,
        "print(nvmlDeviceGetCount(), nvmlDeviceGetName(gpu(0)), nvmlDeviceGetName(gpu(1)))",
        "print(nvmlDeviceGetMemoryInfo(gpu(0), version=nvmlMemory_v2).used)",
    )

    assert said == ["2 NVIDIA H200 NVIDIA L4", str(3 * GIB)]


def test_that_one_gpu_can_fail_in_one_function_while_the_other_answers(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2)
    nvml.fail("nvmlDeviceGetPowerUsage", 15, gpu=1)

    said = ask(
        nvml,
        NVML,
        "print(nvmlDeviceGetPowerUsage(gpu(0)))",
        refused("nvmlDeviceGetPowerUsage(gpu(1))"),
    )

    assert said == ["76250", "15"]


def test_that_what_the_state_does_not_name_is_not_supported(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, fan_percent=None)

    assert ask(nvml, NVML, refused("nvmlDeviceGetFanSpeed(gpu(0))")) == ["3"]


def test_that_a_hidden_function_is_missing_as_in_an_old_driver(tmp_path: Path) -> None:
    library = build_nvml(tmp_path / "old", without=("nvmlDeviceGetRemappedRows",))
    old = NvmlDriver(library, tmp_path / "state")
    old.install_gpus(1)

    assert ask(old, NVML, refused("nvmlDeviceGetRemappedRows(gpu(0))")) == ["13"]


def test_that_a_wave_stays_between_its_bounds(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, utilization_gpu=wave(10, 90, 0.05))

    said = ask(
        nvml,
        NVML,
        "for _ in range(200): print(nvmlDeviceGetUtilizationRates(gpu(0)).gpu)",
    )

    values = {int(line) for line in said}
    assert min(values) >= 10
    assert max(values) <= 90
    assert len(values) > 1


def test_that_cuinit_fails_with_the_chosen_code(libcuda: CudaDriver) -> None:
    libcuda.fail("cuInit", 803)

    assert ask(libcuda, "import ctypes", "print(ctypes.CDLL('libcuda.so.1').cuInit(0))") == ["803"]
