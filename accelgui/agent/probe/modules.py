"""Looks at one further library: where it is, and whether it loads."""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.failures import InputError
from accelgui.agent.probe.files import Files
from accelgui.model.events import ModuleSeen
from accelgui.model.module import MODULES, Module

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import ModuleRequest

_DISTRIBUTIONS = {
    "torch_xla": ("torch_xla",),
    "onnxruntime": (
        "onnxruntime-gpu",
        "onnxruntime",
        "onnxruntime-directml",
        "onnxruntime-openvino",
    ),
    "tensorrt": ("tensorrt", "tensorrt-cu13", "tensorrt-cu12", "tensorrt-cu11"),
}
_TOOLKIT_WHEELS = ("nvidia-cuda-nvcc", "nvidia-cuda-nvcc-cu13", "nvidia-cuda-nvcc-cu12",
                   "nvidia-cuda-nvcc-cu11")  # fmt: skip
_ERROR_CHARACTERS = 400


def look_at_module(request: ModuleRequest, channel: Channel) -> None:
    """Tell whether it is here, then whether it loads. Raises InputError for an unknown name.

    What is told first remains if the import takes the process down.
    """
    if request.module not in MODULES:
        raise InputError(f"unknown module {request.module!r}; known: {', '.join(MODULES)}")
    if request.module == "cuda_toolkit":
        channel.send(ModuleSeen(_toolkit(Files())))
        return
    seen = _found(request.module)
    channel.send(ModuleSeen(seen))
    if seen.present:
        channel.send(ModuleSeen(_loaded(seen)))


def _found(name: str) -> Module:
    try:
        is_here = importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        is_here = False
    return Module(name, present=is_here, version=_version(_DISTRIBUTIONS[name]))


def _loaded(seen: Module) -> Module:
    try:
        module = importlib.import_module(seen.name)
        details = _details(seen.name, module)
    except Exception as error:  # noqa: BLE001 - Whatever a broken package raises.
        text = " ".join(f"{type(error).__name__}: {error}".split())[:_ERROR_CHARACTERS]
        return Module(seen.name, present=True, version=seen.version, loads=False, error=text)
    version = seen.version or getattr(module, "__version__", None)
    return Module(seen.name, present=True, version=version, loads=True, details=details)


def _details(name: str, module: Any) -> Optional[str]:
    if name == "onnxruntime":
        return ", ".join(module.get_available_providers())
    return None


def _version(distributions: tuple[str, ...]) -> Optional[str]:
    for name in distributions:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:  # noqa: PERF203 - One try for each name.
            continue
    return None


def _toolkit(files: Files) -> Module:
    """Return the CUDA toolkit of this Python's environment, else that of the system."""
    version = _version(_TOOLKIT_WHEELS)
    if version is not None:
        return Module("cuda_toolkit", present=True, version=version, details="pip")
    for file in files.glob(f"{sys.prefix}/conda-meta", "cuda-nvcc-*.json"):
        told = re.search(r"cuda-nvcc-([\d.]+)-", file)
        return Module("cuda_toolkit", True, told and told[1], details="conda")
    program = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    if not files.exists(program):
        return Module("cuda_toolkit", present=False)
    text = files.text(str(Path(files.real_path(program)).parent.parent / "version.json")) or ""
    match = re.search(r'"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"', text)
    folder = re.search(r"/cuda-([\d.]+)/", files.real_path(program))
    version = match[1] if match else folder[1] if folder else None
    return Module("cuda_toolkit", present=True, version=version, details=program)
