"""How much memory a GPU has left, asked of the CUDA driver that the framework works with."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_PCI_BYTES = 32


@dataclass(frozen=True)
class CudaMemory:
    """Free and total memory; `pci_address` as sysfs has it tells which GPU of NVML's this is."""

    free_bytes: int
    total_bytes: int
    pci_address: str


def memory_of(ordinal: int) -> Optional[CudaMemory]:
    """Return the memory of the GPU that CUDA counts as `ordinal`, None where CUDA says nothing.

    CUDA's order is that of the frameworks, CUDA_VISIBLE_DEVICES included; NVML has another one.
    Uses the context that the framework has made, so nothing is allocated for the question.
    """
    try:
        cuda = ctypes.CDLL(_LIBRARY)
        with _context(cuda, ordinal) as device:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            _require(cuda.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total)))
            name = ctypes.create_string_buffer(_PCI_BYTES)
            _require(cuda.cuDeviceGetPCIBusId(name, _PCI_BYTES, device))
    except (OSError, AttributeError, _RefusedError):
        return None
    return CudaMemory(free.value, total.value, name.value.decode().lower())


class _RefusedError(Exception):
    """CUDA answered with an error."""


@contextmanager
def _context(cuda: Any, ordinal: int) -> Iterator[ctypes.c_int]:
    """Make the device's primary context, which frameworks use, current on this thread."""
    device, context, popped = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_void_p()
    _require(cuda.cuInit(0))
    _require(cuda.cuDeviceGet(ctypes.byref(device), ordinal))
    _require(cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), device))
    try:
        _require(cuda.cuCtxPushCurrent_v2(context))
        try:
            yield device
        finally:
            cuda.cuCtxPopCurrent_v2(ctypes.byref(popped))
    finally:
        cuda.cuDevicePrimaryCtxRelease_v2(device)


def _require(code: int) -> None:
    if code:
        raise _RefusedError(code)
