"""Asks libcuda whether it works and which devices it has. No context is made on any of them."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Optional

from accelgui.agent.probe.apart.telling import loaded_path, tell, tell_calling

_LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"

# CUdevice_attribute of cuda.h.
_MULTIPROCESSOR_COUNT = 16
_COMPUTE_MAJOR = 75
_COMPUTE_MINOR = 76


def ask(_arguments: list[str]) -> None:
    """Load libcuda, initialize it, and tell what it says."""
    tell_calling("dlopen")
    try:
        cuda = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        tell("init", code=None, name="not_loaded", message=str(error))
        return
    tell("version", version=_driver_version(cuda))
    tell_calling("cuInit")
    code = cuda.cuInit(0)
    name, message = _words(cuda, code)
    tell("init", code=code, name=name, message=message, library_path=loaded_path("libcuda.so"))
    if code == 0:
        _tell_devices(cuda)


def _driver_version(cuda: Any) -> Optional[str]:
    tell_calling("cuDriverGetVersion")
    version = ctypes.c_int()
    code = cuda.cuDriverGetVersion(ctypes.byref(version))
    return f"{version.value // 1000}.{version.value % 1000 // 10}" if code == 0 else None


def _tell_devices(cuda: Any) -> None:
    tell_calling("cuDeviceGetCount")
    count = ctypes.c_int()
    code = cuda.cuDeviceGetCount(ctypes.byref(count))
    if code != 0:
        name, message = _words(cuda, code)
        tell("refused", call="cuDeviceGetCount", code=code, name=name, message=message)
        return
    tell("count", count=count.value)
    for ordinal in range(count.value):
        tell_calling(f"cuDeviceGet(gpu:{ordinal})")
        device = ctypes.c_int()
        if cuda.cuDeviceGet(ctypes.byref(device), ordinal) == 0:
            tell("device", **_device(cuda, device))


def _device(cuda: Any, device: Any) -> dict[str, Any]:
    major, minor = (_attribute(cuda, n, device) for n in (_COMPUTE_MAJOR, _COMPUTE_MINOR))
    memory = ctypes.c_size_t()
    has_memory = cuda.cuDeviceTotalMem_v2(ctypes.byref(memory), device) == 0
    return {
        "name": _text(cuda.cuDeviceGetName, device),
        "pci_address": _text(cuda.cuDeviceGetPCIBusId, device),
        "compute_capability": None if major is None else f"{major}.{minor}",
        "multiprocessor_count": _attribute(cuda, _MULTIPROCESSOR_COUNT, device),
        "memory_total_bytes": memory.value if has_memory else None,
    }


def _text(function: Any, device: Any) -> Optional[str]:
    buffer = ctypes.create_string_buffer(128)
    return buffer.value.decode(errors="replace") if function(buffer, 128, device) == 0 else None


def _attribute(cuda: Any, attribute: int, device: Any) -> Optional[int]:
    value = ctypes.c_int()
    code = cuda.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
    return value.value if code == 0 else None


def _words(cuda: Any, code: int) -> tuple[Optional[str], Optional[str]]:
    """Return libcuda's own name and sentence for a code."""
    said = []
    for function in ("cuGetErrorName", "cuGetErrorString"):
        text = ctypes.c_char_p()
        known = hasattr(cuda, function) and getattr(cuda, function)(code, ctypes.byref(text)) == 0
        said.append(text.value.decode() if known and text.value else None)
    return said[0], said[1]
