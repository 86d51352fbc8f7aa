"""The NVIDIA driver as files tell it: modules, versions, nodes. Nothing here touches a GPU."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING, Optional

from accelgui.agent.probe.libraries import SYSTEM_FOLDERS, WELL_KNOWN_FOLDERS
from accelgui.model.snapshot import DeviceNode, Nvidia

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files

_BANNER = re.compile(r"Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)")
_FULL_VERSION = re.compile(r"\.so\.(\d+\.\d+(?:\.\d+)?)$")
_MODULE_FOLDERS = ("updates/dkms", "updates", "extra", "extra/nvidia", "kernel/drivers/video")
_NODE_PATTERNS = (
    ("/dev", "nvidia*"),
    ("/dev/nvidia-caps", "nvidia-cap*"),
    ("/dev", "dxg"),  # WSL2's one node for every GPU.
    ("/dev", "nvhost-gpu"),  # Jetson.
)


def look_at_driver(files: Files) -> Nvidia:
    """Read modules, versions and nodes."""
    banner = files.text("/proc/driver/nvidia/version")
    module_path = _module_on_disk(files)
    return Nvidia(
        module_loaded=True if banner else _is_loaded(files, "nvidia"),
        module_version=_module_version(files, banner),
        module_is_open=None if banner is None else "Open Kernel Module" in banner,
        uvm_loaded=_is_loaded(files, "nvidia_uvm"),
        nouveau_loaded=_is_loaded(files, "nouveau"),
        installed_driver_version=_installed_version(files),
        module_on_disk_path=module_path,
        module_on_disk_version=_version_on_disk(files, module_path),
        nodes=_nodes(files),
    )


def _is_loaded(files: Files, module: str) -> Optional[bool]:
    """Return whether a kernel module is loaded, None where the system does not tell."""
    if files.exists(f"/sys/module/{module}"):
        return True
    text = files.text("/proc/modules")
    return None if text is None else any(line.split()[0] == module for line in text.splitlines())


def _module_version(files: Files, banner: Optional[str]) -> Optional[str]:
    match = _BANNER.search(banner or "")
    return match.group(1) if match else files.text("/sys/module/nvidia/version")


def _installed_version(files: Files) -> Optional[str]:
    """Return the version in the file names of the driver's own libraries."""
    for folder in (*SYSTEM_FOLDERS, *WELL_KNOWN_FOLDERS):
        for name in ("libcuda.so.*", "libnvidia-ml.so.*"):
            for path in files.glob(folder, name):
                match = _FULL_VERSION.search(path)
                if match:
                    return match.group(1)
    return None


def _module_on_disk(files: Files) -> Optional[str]:
    """Return the path of the nvidia module that was built for the running kernel."""
    kernel = files.text("/proc/sys/kernel/osrelease")
    if not kernel:
        return None
    base = f"/lib/modules/{kernel}"
    packaged = files.glob(f"{base}/kernel", "nvidia-*")  # Ubuntu's prebuilt: kernel/nvidia-580.
    for folder in (*(f"{base}/{name}" for name in _MODULE_FOLDERS), *packaged):
        for path in files.glob(folder, "nvidia.ko*"):
            return path
    return None


def _version_on_disk(files: Files, path: Optional[str]) -> Optional[str]:
    if path is None:
        return None
    told = _version_in_module(files, path) if path.endswith(".ko") else None
    if told:
        return told
    # Compressed modules are not unpacked; DKMS names the version in its folders.
    sources = files.glob("/usr/src", "nvidia-[0-9]*")
    match = re.search(r"nvidia-(\d+\.\d+(?:\.\d+)?)$", sources[-1]) if sources else None
    return match.group(1) if match and "dkms" in path else None


def _version_in_module(files: Files, path: str) -> Optional[str]:
    try:
        with files.place(path).open("rb") as file:  # noqa: SIM117 - One `with` needs Python 3.10.
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                start = data.find(b"\0version=")
                end = data.find(b"\0", start + 1)
                return data[start + 9 : end].decode(errors="replace") if start >= 0 else None
    except (OSError, ValueError):
        return None


def _nodes(files: Files) -> tuple[DeviceNode, ...]:
    return tuple(node for where in _NODE_PATTERNS for node in files.nodes(*where))
