"""The NVIDIA driver as files tell it: modules, versions, nodes. Nothing here touches a GPU."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from accelgui.agent.probe.kernel_modules import look_at_modules
from accelgui.agent.probe.libraries import SYSTEM_FOLDERS, WELL_KNOWN_FOLDERS
from accelgui.model.snapshot import DeviceNode, DriverGpu, Nvidia

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files
    from accelgui.model.snapshot import PciDevice

_BANNER = re.compile(r"Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)")
_FULL_VERSION = re.compile(r"\.so\.(\d+\.\d+(?:\.\d+)?)$")
_NODE_PATTERNS = (
    ("/dev", "nvidia*"),
    ("/dev/nvidia-caps", "nvidia-cap*"),
    ("/dev", "dxg"),  # WSL2's one node for every GPU.
    ("/dev", "nvhost-gpu"),  # Jetson.
)


def look_at_driver(files: Files, pci: tuple[PciDevice, ...] = ()) -> Nvidia:
    """Read modules, versions and nodes."""
    banner = files.text("/proc/driver/nvidia/version")
    on_disk = look_at_modules(files)
    is_bound = any(device.driver == "nvidia" for device in pci)
    return Nvidia(
        module_loaded=True if banner or is_bound else _is_loaded(files, "nvidia"),
        module_version=_module_version(files, banner),
        module_is_open=None if banner is None else "Open Kernel Module" in banner,
        uvm_loaded=_is_loaded(files, "nvidia_uvm"),
        nouveau_loaded=_is_loaded(files, "nouveau"),
        installed_driver_version=_installed_version(files),
        module_on_disk_path=on_disk.path,
        module_on_disk_version=on_disk.version,
        module_is_signed=on_disk.is_signed,
        module_kernels=on_disk.kernels,
        modules_folder_seen=on_disk.folder_seen,
        nodes=_nodes(files),
        gpus=_gpus(files),
    )


def _is_loaded(files: Files, module: str) -> Optional[bool]:
    """Return whether a kernel module is loaded, None where the system does not tell."""
    if files.exists(f"/sys/module/{module}"):
        return True
    text = files.text("/proc/modules")
    if text is None:
        # A tree may have the one or other module's folder; a whole one has dozens.
        return False if len(files.names("/sys/module")) > 5 else None
    return any(line.split()[:1] == [module] for line in text.splitlines())


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


def _gpus(files: Files) -> tuple[DriverGpu, ...]:
    folder = "/proc/driver/nvidia/gpus"
    found = []
    for address in files.names(folder):
        text = files.text(f"{folder}/{address}/information") or ""
        model = re.search(r"^Model:\s*(.+)$", text, re.MULTILINE)
        name = model[1].strip() if model else None
        found.append(DriverGpu(address, None if name in {None, "Unknown"} else name))
    return tuple(found)


def _nodes(files: Files) -> tuple[DeviceNode, ...]:
    return tuple(node for where in _NODE_PATTERNS for node in files.nodes(*where))
