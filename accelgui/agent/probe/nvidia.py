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
# Those of Jetson and WSL2 end with .so.1.1, which is no version of a driver.
_FULL_VERSION = re.compile(r"\.so\.(\d{3}\.\d+(?:\.\d+)?)$")
# Those of CUDA first; a driver may be installed for graphics alone.
_LIBRARIES = ("libcuda", "libnvidia-ml", "libnvidia-glcore", "libGLX_nvidia")
_NODE_PATTERNS = (
    ("/dev", "nvidia*"),
    ("/dev/nvidia-caps", "nvidia-cap*"),
    ("/dev", "dxg"),  # WSL2's one node for every GPU.
    ("/dev", "nvhost-gpu"),  # Jetson.
    ("/dev/nvgpu/igpu0", "ctrl"),  # Jetson, since JetPack 6.
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
    """Return the version in the file names of the driver's own libraries.

    What programs ask for leads to the version that counts; others may be left over beside it.
    """
    folders = (*SYSTEM_FOLDERS, *WELL_KNOWN_FOLDERS)
    for folder in folders:
        for library in _LIBRARIES[:2]:
            if match := _FULL_VERSION.search(files.real_path(f"{folder}/{library}.so.1")):
                return match[1]
    found: dict[str, str] = {}
    for name in (name for folder in folders for name in files.names(folder)):
        if match := _FULL_VERSION.search(name):
            found.setdefault(name[: match.start()], match[1])
    return next((found[library] for library in _LIBRARIES if library in found), None)


def _gpus(files: Files) -> tuple[DriverGpu, ...]:
    folder = "/proc/driver/nvidia/gpus"
    found = []
    for address in files.names(folder):
        text = files.text(f"{folder}/{address}/information") or ""
        model = re.search(r"^Model:\s*(.+)$", text, re.MULTILINE)
        name = model[1].strip() if model else None
        # A GPU that was not started yet has "GPU-????????-…".
        uuid = re.search(r"^GPU UUID:\s*(GPU-[0-9a-fA-F-]{36})$", text, re.MULTILINE)
        known = None if name in {None, "Unknown"} else name
        found.append(DriverGpu(address, known, uuid[1] if uuid else None))
    return tuple(found)


def _nodes(files: Files) -> tuple[DeviceNode, ...]:
    return tuple(node for where in _NODE_PATTERNS for node in files.nodes(*where))
