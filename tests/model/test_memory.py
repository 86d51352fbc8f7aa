"""What frameworks say of memory that is lacking, and which cause that is."""

from __future__ import annotations

import pytest

from accelgui.model.memory import HOST, MemoryHolder, MemoryShortage
from accelgui.model.memory_messages import is_library_without_room, is_shortage, read

GIB = 1 << 30
MIB = 1 << 20

TORCH = (
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 24.00 GiB of"
    " which 1.50 GiB is free. Process 4242 has 20.00 GiB memory in use. Including non-PyTorch"
    " memory, this process has 2.50 GiB memory in use. Of the allocated memory 1.80 GiB is"
    " allocated by PyTorch, and 200.00 MiB is reserved by PyTorch but unallocated."
)
OLD_TORCH = (
    "CUDA out of memory. Tried to allocate 192.00 MiB (GPU 0; 10.00 GiB total capacity; 9.50 GiB"
    " already allocated; 64.00 MiB free; 9.60 GiB reserved in total by PyTorch)"
)
TORCH_ON_CPU = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you"
    " tried to allocate 8847360000 bytes. Error code 12 (Cannot allocate memory)"
)
TENSORFLOW = (
    "OOM when allocating tensor with shape[1024,24,24,64] and type {} on"
    " /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc [Op:Conv2D]"
)
TENSORFLOW_ON_CPU = (
    "OOM when allocating tensor with shape[60000,24,24,64] and type float on"
    " /job:localhost/replica:0/task:0/device:CPU:0 by allocator mklcpu"
)
TPU = (
    "RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm."
    " Used 20.50G of 15.50G hbm. Exceeded hbm capacity by 5.00G."
)
ASYNC = (
    "gpu_async_1 cuMemAllocAsync failed to allocate 1024 bytes: RESOURCE_EXHAUSTED: :"
    " CUDA_ERROR_OUT_OF_MEMORY: out of memory\n Reported by CUDA: Free memory/Total memory: 17/85"
)
ELEMENTS = 1024 * 24 * 24 * 64


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (TORCH, 2 * GIB),
        (OLD_TORCH, 192 * MIB),
        (TENSORFLOW.format("float"), 4 * ELEMENTS),
        (TENSORFLOW.format("half"), 2 * ELEMENTS),
        (TENSORFLOW.format("bfloat16"), 2 * ELEMENTS),
        (TENSORFLOW.format("double"), 8 * ELEMENTS),
        (TENSORFLOW.format("bool"), ELEMENTS),
        ("Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.00GiB (rounded", 2 * GIB),
        ("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes.", 8 * GIB),
        ("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8.00GiB.", 8 * GIB),
        ("Failed to allocate request for 2.00GiB (2147483648B) on device ordinal 0", 2 * GIB),
        (TPU, int(20.5 * GIB)),
        (ASYNC, 1024),
        ("CUDA error: out of memory", None),
        ("CUDA out of memory. Tried to allocate 9999999999 PiB.", None),
        ("OOM when allocating tensor with shape[99999999999,99999999999] and type float on", None),
    ],
)
def test_that_what_was_asked_for_is_read(text: str, asked: int | None) -> None:
    assert is_shortage(text)
    shortage = read(text, "gpu:0")
    assert shortage.device == "gpu:0"
    assert shortage.asked_bytes == asked


@pytest.mark.parametrize(
    ("text", "device", "asked"),
    [
        (TORCH_ON_CPU, "gpu:0", 8847360000),
        (TENSORFLOW_ON_CPU, "gpu:0", 4 * 60000 * 24 * 24 * 64),
        (
            "Unable to allocate 64.0 GiB for an array with shape (8,) and data type f8",
            "cpu",
            64 * GIB,
        ),
        ("RESOURCE_EXHAUSTED: Out of memory allocating 14400000000 bytes.", "cpu", 14400000000),
        ("std::bad_alloc", "cpu", None),
        (
            "Operation received an exception:Status: 1, message: could not create a primitive",
            "cpu",
            None,
        ),
    ],
)
def test_that_the_host_is_told_from_the_device(text: str, device: str, asked: int | None) -> None:
    assert is_shortage(text)
    shortage = read(text, device)
    assert (shortage.device, shortage.asked_bytes) == (HOST, asked)
    assert shortage.code == "host_out_of_memory"


def test_that_pytorch_names_free_total_own_and_others() -> None:
    assert read(TORCH, "gpu:0") == MemoryShortage(
        "gpu:0",
        asked_bytes=2 * GIB,
        free_bytes=int(1.5 * GIB),
        total_bytes=24 * GIB,
        own_bytes=int(2.5 * GIB),
        holders=(MemoryHolder(4242, memory_bytes=20 * GIB),),
    )
    old = read(OLD_TORCH, "gpu:0")
    assert (old.free_bytes, old.total_bytes) == (64 * MIB, 10 * GIB)
    assert old.own_bytes == int(9.6 * GIB)


def test_that_what_cuda_and_tpus_report_is_read() -> None:
    told = read(ASYNC, "gpu:0")
    assert (told.free_bytes, told.total_bytes) == (17, 85)
    assert read(TPU, "tpu:0").total_bytes == int(15.5 * GIB)


@pytest.mark.parametrize(
    "text",
    [
        "No algorithm worked!",
        "Invalid argument: matrices do not fit",
        "RESOURCE_EXHAUSTED: too many requests",
        "memory layout is not supported",
    ],
)
def test_that_other_failures_are_not_about_memory(text: str) -> None:
    assert not is_shortage(text)
    assert not is_library_without_room(text)


@pytest.mark.parametrize(
    "text",
    [
        "CUDNN_STATUS_NOT_INITIALIZED",
        "Failed to create cuBLAS handle",
        "could not create cudnn handle",
    ],
)
def test_that_a_library_that_cannot_begin_is_only_perhaps_one(text: str) -> None:
    assert is_library_without_room(text)
    assert not is_shortage(text)


OTHERS = (MemoryHolder(4242, "python", 20 * GIB),)
FULL = MemoryShortage("gpu:0", 2 * GIB, GIB, 24 * GIB, 3 * GIB, OTHERS)


@pytest.mark.parametrize(
    ("shortage", "code"),
    [
        (FULL, "gpu_memory_held_by_other_process"),
        # Had nobody else been there, it would not have fitted either.
        (MemoryShortage("gpu:0", 30 * GIB, GIB, 24 * GIB, 3 * GIB, OTHERS), "gpu_out_of_memory"),
        (
            MemoryShortage(
                "gpu:0", 2 * GIB, GIB, 24 * GIB, 21 * GIB, (MemoryHolder(1, "x", 2 * GIB),)
            ),
            "gpu_out_of_memory",
        ),
        (MemoryShortage("gpu:0", 2 * GIB, GIB, 24 * GIB, 23 * GIB), "gpu_out_of_memory"),
        (MemoryShortage("gpu:0"), "gpu_out_of_memory"),
        (
            MemoryShortage(
                "gpu:0", GIB, 5 * GIB, 24 * GIB, setting="XLA_PYTHON_CLIENT_PREALLOCATE"
            ),
            "gpu_memory_preallocation",
        ),
        (
            MemoryShortage(
                "gpu:0", 6 * GIB, 5 * GIB, 24 * GIB, setting="XLA_PYTHON_CLIENT_PREALLOCATE"
            ),
            "gpu_out_of_memory",
        ),
        (MemoryShortage(HOST, holders=OTHERS, total_bytes=24 * GIB), "host_out_of_memory"),
    ],
)
def test_that_the_cause_is_the_one_whose_remedy_helps(shortage: MemoryShortage, code: str) -> None:
    assert shortage.code == code
