"""What a failure says of memory, filled up by what drivers say."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from standins.drivers import together

from accelgui.agent.memory import shortage_of
from accelgui.model.snapshot import FrameworkDevice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standins.drivers import CudaDriver, NvmlDriver

GIB = 1 << 30
GPU = FrameworkDevice("gpu:1", "cuda:1")
JAX = "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes."

# The loader reads its path when a process starts.
ASK = """
import json, sys
from accelgui.agent.memory import shortage_of
from accelgui.model.snapshot import FrameworkDevice
from accelgui.model.wire import to_json
shortage = shortage_of(RuntimeError(sys.argv[1]), FrameworkDevice(sys.argv[2], "there"))
print(json.dumps({**to_json(shortage), "code": shortage.code} if shortage else None))
"""
HOLD = """
import ctypes, sys
ctypes.CDLL("libcuda.so.1")
print("holding", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def two_gpus(nvml: NvmlDriver, libcuda: CudaDriver) -> tuple[NvmlDriver, CudaDriver]:
    """Two GPUs that CUDA counts the other way round than NVML."""
    nvml.install_gpus(2)
    libcuda.set(count=2, memory_total=141 * GIB)
    libcuda.set(0, pci_bus_id="0000:02:00.0", memory_free=100 * GIB)
    libcuda.set(1, pci_bus_id="0000:01:00.0", memory_free=2 * GIB)
    return nvml, libcuda


@pytest.fixture
def holder(two_gpus: tuple[NvmlDriver, CudaDriver]) -> Iterator[int]:
    """The number of a process that has a GPU open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=together(*two_gpus),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid


def asked(environment: dict[str, str], message: str = JAX, device: str = "gpu:1") -> Any:
    ended = subprocess.run(
        [sys.executable, "-c", ASK, message, device],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(ended.stdout)


def test_that_free_and_total_are_those_of_the_gpu_that_cuda_means(
    two_gpus: tuple[NvmlDriver, CudaDriver],
) -> None:
    told = asked(together(*two_gpus))
    assert (told["asked_bytes"], told["free_bytes"]) == (8 * GIB, 2 * GIB)
    assert told["total_bytes"] == 141 * GIB


def test_that_holders_are_those_of_the_same_gpu_with_their_names(
    two_gpus: tuple[NvmlDriver, CudaDriver], holder: int
) -> None:
    nvml, _ = two_gpus
    nvml.set(0, processes=f"{holder}:{100 * GIB}:5 1:{GIB}:0")
    nvml.set(1, processes=f"77:{5 * GIB}:0")
    told = asked(together(*two_gpus))
    assert told["code"] == "gpu_memory_held_by_other_process"
    assert [(h["pid"], h["memory_bytes"]) for h in told["holders"]] == [
        (holder, 100 * GIB),
        (1, GIB),
    ]
    assert told["holders"][0]["name"].startswith("python")


def test_that_a_number_that_means_another_process_here_is_not_named(
    two_gpus: tuple[NvmlDriver, CudaDriver],
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        two_gpus[0].set(0, processes=f"{process.pid}:{GIB}:0")
        (told,) = asked(together(*two_gpus))["holders"]
        assert process.stdin is not None
        process.stdin.write(b"\n")
    assert told == {"pid": process.pid, "name": None, "memory_bytes": GIB}


def test_that_nvml_alone_tells_of_the_only_gpu(nvml: NvmlDriver) -> None:
    nvml.install_gpus(1, memory_used=100 * GIB, processes=f"77:{90 * GIB}:0")
    told = asked(nvml.environment, device="gpu:0")
    assert told["total_bytes"] == 141 * GIB
    assert [h["pid"] for h in told["holders"]] == [77]


def test_that_nobody_guesses_which_of_several_gpus_is_meant(nvml: NvmlDriver) -> None:
    nvml.install_gpus(2, processes=f"77:{90 * GIB}:0")
    told = asked(nvml.environment)
    assert (told["total_bytes"], told["holders"]) == (None, [])


def test_that_a_hanging_driver_costs_seconds_and_no_answer(
    two_gpus: tuple[NvmlDriver, CudaDriver],
) -> None:
    nvml, libcuda = two_gpus
    nvml.hang("nvmlInit_v2")
    libcuda.hang("cuMemGetInfo_v2")
    told = asked(together(nvml, libcuda))
    assert (told["asked_bytes"], told["free_bytes"]) == (8 * GIB, None)
    nvml.release("nvmlInit_v2")


def test_that_a_library_that_cannot_begin_is_out_of_memory_on_a_full_gpu_only(
    two_gpus: tuple[NvmlDriver, CudaDriver],
) -> None:
    message = "cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"
    assert asked(together(*two_gpus), message)["code"] == "gpu_out_of_memory"
    assert asked(together(*two_gpus), message, "gpu:0") is None


def test_that_memory_taken_beforehand_by_request_is_a_cause_of_its_own(
    two_gpus: tuple[NvmlDriver, CudaDriver],
) -> None:
    variables = {"XLA_PYTHON_CLIENT_PREALLOCATE": "true"}
    told = asked({**together(*two_gpus), **variables}, device="gpu:0")
    assert told["code"] == "gpu_memory_preallocation"
    assert told["setting"] == "XLA_PYTHON_CLIENT_PREALLOCATE"


def test_that_other_errors_say_nothing_of_memory() -> None:
    assert shortage_of(ValueError("no such layer"), GPU) is None
