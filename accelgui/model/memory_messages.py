"""What frameworks say when memory is lacking: is it that, how much was asked for, who has it.

The forms are those of TensorFlow 2.x (BFC allocator, kernels), PyTorch (CUDA caching allocator,
CPU allocator), XLA on CPU, GPU and TPU, NumPy and the C++ library.
"""

from __future__ import annotations

import math
import re
from typing import Optional

from accelgui.model.memory import HOST, MemoryHolder, MemoryShortage

_SHORTAGE = re.compile(
    r"out of memory|OutOfMemory|OOM when allocating|[Cc]an't allocate memory"
    r"|Cannot allocate memory|not enough memory: you tried|Unable to allocate [\d.]+ ?[KMGTP]?i?B"
    r"|std::bad_alloc|[Rr]an out of memory|RESOURCE_EXHAUSTED: [^\n]*alloc"
    r"|Failed to allocate request for|CU(?:DNN|BLAS)_STATUS_ALLOC_FAILED"
    # oneDNN's dnnl_status_t 1 is dnnl_out_of_memory.
    r"|Status: 1, message: could not create a primitive"
    r"|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation"
)
# Libraries that found no room for themselves say that they could not begin.
_LIBRARY = re.compile(
    r"CU(?:DNN|BLAS|SOLVER)_STATUS_NOT_INITIALIZED|could not create cudnn handle"
    r"|[Ff]ailed to create cu(?:BLAS|DNN|blas|dnn) handle|DNN library (?:initialization failed"
    r"|is not found)"
)
_ON_HOST = re.compile(
    r"DefaultCPUAllocator|by allocator (?:mkl)?cpu|Allocator \((?:mkl)?cpu\)|device:CPU:"
    r"|(?:cuda|gpu|GPU)_host_bfc|Unable to allocate|std::bad_alloc|Cannot allocate memory"
    r"|could not create a primitive"
)

_SIZE = r"([\d.]+) ?([KMGTP]?)(?:i?B\b|bytes\b|(?=[ .,;]|$))"
_ASKED = re.compile(rf"\b[Aa]llocat(?:e|ing) (?:request for )?{_SIZE}")
_TENSOR = re.compile(r"allocating tensor with shape\s?\[([\d,]*)\] and type (\w+)")
_OF_TORCH = re.compile(rf"total capacity of {_SIZE} of which {_SIZE} is free")
_OF_OLD_TORCH = re.compile(rf"{_SIZE} total capacity;.*?{_SIZE} free; {_SIZE} (?:reserved|cached)")
_OF_CUDA = re.compile(r"Free memory/Total memory: (\d+)/(\d+)")
_OF_TPU = re.compile(rf"Used {_SIZE} of {_SIZE} hbm")
_OWN = re.compile(rf"this process has {_SIZE} memory in use")
_OTHER = re.compile(rf"\bProcess (\d+) has {_SIZE} memory in use")

_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
# A shape of this many elements is no tensor but a mistake in reading.
_MOST_BYTES = 1 << 60


def is_shortage(text: str) -> bool:
    """Tell whether these are the words of an allocation that failed."""
    return _SHORTAGE.search(text) is not None


def is_library_without_room(text: str) -> bool:
    """Tell whether cuDNN, cuBLAS or cuSOLVER could not begin, mostly for lack of memory."""
    return _LIBRARY.search(text) is not None


def read(text: str, device: str) -> MemoryShortage:
    """Return what the words say of the memory of `device`, or of the host where they name it."""
    capacity = _OF_TORCH.search(text)
    old = _OF_OLD_TORCH.search(text)
    cuda = _OF_CUDA.search(text)
    tpu = _OF_TPU.search(text)
    own = _OWN.search(text)
    total, free, held = None, None, _bytes(*own.groups()) if own else None
    asked = _asked(text)
    if capacity:
        total, free = _bytes(*capacity.groups()[:2]), _bytes(*capacity.groups()[2:])
    elif old:
        total, free, held = (_bytes(*old.groups()[i : i + 2]) for i in (0, 2, 4))
    elif cuda:
        free, total = (_bytes(size, "") for size in cuda.groups())
    elif tpu:
        asked, total = _bytes(*tpu.groups()[:2]), _bytes(*tpu.groups()[2:])
    return MemoryShortage(
        device=HOST if device == "cpu" or _ON_HOST.search(text) else device,
        asked_bytes=asked,
        free_bytes=free,
        total_bytes=total,
        own_bytes=held,
        holders=tuple(
            MemoryHolder(int(pid), memory_bytes=_bytes(*size))
            for pid, *size in _OTHER.findall(text)
            if len(pid) < 10
        ),
    )


def _asked(text: str) -> Optional[int]:
    if match := _ASKED.search(text):
        return _bytes(*match.groups())
    if match := _TENSOR.search(text):
        shape, dtype = match.groups()
        sizes = [int(size) for size in shape.split(",") if 0 < len(size) < 16]
        return _checked(math.prod(sizes) * _width(dtype))
    return None


def _width(dtype: str) -> int:
    if dtype == "double" or dtype.endswith("64"):
        return 8
    if dtype in {"half", "bfloat16"} or dtype.endswith("16"):
        return 2
    return 1 if dtype == "bool" or dtype.endswith("int8") else 4


def _bytes(number: str, unit: str) -> Optional[int]:
    try:
        return _checked(float(number) * 1024 ** _POWERS[unit])
    except ValueError:
        return None


def _checked(size: float) -> Optional[int]:
    return int(size) if size < _MOST_BYTES else None
