"""Display, 3D and accelerator functions on the PCI bus, read without waking any of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from accelgui.model.snapshot import PciDevice

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files

NVIDIA_VENDOR = "10de"
GOOGLE_VENDOR = "1ae0"

_DEVICES = "/sys/bus/pci/devices"
_DISPLAY_CLASS = "03"
_ACCELERATOR_CLASS = "12"
# Bridges' and cards' "unknown" values: 0, and 255 where the configuration reads as all ones.
_NO_WIDTH = (0, 255)
_ID_LISTS = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids")


def look_at_pci(files: Files) -> tuple[PciDevice, ...]:
    """Return every display and accelerator function, and every function of Google's."""
    found = (_device(files, address) for address in files.names(_DEVICES))
    return tuple(device for device in found if device is not None)


def is_asleep(device: PciDevice) -> bool:
    """Is the device suspended at run time? Whoever opens it would wake it."""
    return device.runtime_status in {"suspended", "suspending"}


def is_nvidia_gpu(device: PciDevice) -> bool:
    """Is this an NVIDIA display or 3D controller? (Not its audio or USB function.)"""
    return device.vendor_id == NVIDIA_VENDOR and device.class_code.startswith(_DISPLAY_CLASS)


def product_name(files: Files, device: PciDevice) -> Optional[str]:
    """Return the name in the machine's list of PCI ids, None where it has none."""
    for path in _ID_LISTS:
        data = files.data(path)
        if data is None:
            continue
        pattern = rf"^{device.vendor_id}  .*\n(?:[\t#].*\n)*?\t{device.device_id}  (.+)$"
        match = re.search(pattern.encode(), data, re.MULTILINE)
        return match.group(1).decode(errors="replace").strip() if match else None
    return None


def _device(files: Files, address: str) -> Optional[PciDevice]:
    folder = f"{_DEVICES}/{address}"
    vendor, class_code = _hex(files, f"{folder}/vendor"), _hex(files, f"{folder}/class")
    device = _hex(files, f"{folder}/device")
    if vendor is None or class_code is None or device is None:
        return None
    kinds = (_DISPLAY_CLASS, _ACCELERATOR_CLASS)
    if not class_code.startswith(kinds) and vendor != GOOGLE_VENDOR:
        return None
    status = files.text(f"{folder}/power/runtime_status")
    # The link's attributes read the configuration space, for which newer kernels wake the device.
    asleep = status in {"suspended", "suspending"}
    return PciDevice(
        address=address,
        vendor_id=vendor,
        device_id=device,
        class_code=class_code,
        subsystem_device_id=_hex(files, f"{folder}/subsystem_device"),
        driver=files.link_name(f"{folder}/driver") or _driver_told(files, folder),
        runtime_status=status,
        link_speed_gts=None if asleep else _speed(files, f"{folder}/current_link_speed"),
        link_width=None if asleep else _width(files, f"{folder}/current_link_width"),
        link_speed_max_gts=None if asleep else _speed(files, f"{folder}/max_link_speed"),
        link_width_max=None if asleep else _width(files, f"{folder}/max_link_width"),
        port_width_max=None if asleep else _port_width(files, folder),
        is_gone=not asleep and _is_gone(files, folder),
    )


def _is_gone(files: Files, folder: str) -> bool:
    """Say whether nothing answers at the address: every bit that is read there is one."""
    if files.number(f"{folder}/current_link_width") == 255:
        return True
    return files.data(f"{folder}/config", 64) == b"\xff" * 64


def _port_width(files: Files, folder: str) -> Optional[int]:
    """Return the lanes of the port above, which is the folder in which the device's own lies."""
    port = files.real_path(folder).rpartition("/")[0]
    return None if port == _DEVICES else _width(files, f"{port}/max_link_width")


def _driver_told(files: Files, folder: str) -> Optional[str]:
    match = re.search(r"^DRIVER=(\S+)$", files.text(f"{folder}/uevent") or "", re.MULTILINE)
    return match.group(1) if match else None


def _hex(files: Files, path: str) -> Optional[str]:
    match = re.fullmatch(r"0x([0-9a-f]+)", (files.text(path) or "").lower())
    return match.group(1) if match else None


def _speed(files: Files, path: str) -> Optional[float]:
    # "32.0 GT/s PCIe"; "Unknown" where there is no link.
    match = re.match(r"(\d+(?:\.\d+)?) GT/s", files.text(path) or "")
    return float(match.group(1)) if match else None


def _width(files: Files, path: str) -> Optional[int]:
    width = files.number(path)
    return None if width in _NO_WIDTH else width
