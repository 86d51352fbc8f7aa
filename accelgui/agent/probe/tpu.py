"""TPU chips, their nodes and holders, and libtpu; nothing is opened or imported.

Ids: AI-Hypercomputer/cloud-accelerator-diagnostics (tpu-info) and jax/_src/hardware_utils.py.
"""

from __future__ import annotations

import os
from importlib import metadata
from typing import TYPE_CHECKING, Optional

from accelgui.agent.probe import environment
from accelgui.agent.probe.holders import holders
from accelgui.agent.probe.pci import GOOGLE_VENDOR
from accelgui.model.snapshot import DeviceNode, PciDevice, Process, Tpu, TpuChip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accelgui.agent.probe.files import Files

_GENERATIONS = {
    "0056": "plc",
    "005e": "v4",
    "0063": "v5e",
    "0062": "v5p",
    "006f": "v6e",
    "0076": "7x",
    "007c": "8t",
    "0083": "8i",
}
# One device id for two generations, told apart by the subsystem's.
_V2_OR_V3 = "0027"
_V2_V3_SUBSYSTEMS = {"004e": "v2", "004f": "v3"}

_NODE_PATTERNS = (("/dev", "accel[0-9]*"), ("/dev/accel", "accel[0-9]*"), ("/dev/vfio", "*"))
_LIBTPU_PLACES = ("/usr/lib/libtpu.so", "/lib/libtpu.so", "/usr/local/lib/libtpu.so")
_LOCKFILE = "/tmp/libtpu_lockfile"  # noqa: S108 - Where libtpu keeps it.


def look_at_tpu(
    files: Files, pci: tuple[PciDevice, ...], variables: Optional[Mapping[str, str]] = None
) -> Tpu:
    """Return the chips among the PCI functions, and what goes with them."""
    nodes = tuple(node for where in _NODE_PATTERNS for node in files.nodes(*where))
    found = [(device, generation) for device in pci if (generation := _generation(device))]
    chip_nodes = [_node(files, device, n, nodes) for n, (device, _) in enumerate(found)]
    held = holders(files, {path for path in chip_nodes if path})
    first = {process.device: process for process in reversed(held)}
    path, version = _libtpu(files)
    return Tpu(
        chips=tuple(
            _chip(device, generation, node, first.get(node or ""))
            for (device, generation), node in zip(found, chip_nodes)
        ),
        nodes=nodes,
        hints=environment.tpu_hints(_known(files, variables)),
        libtpu_path=path,
        libtpu_version=version,
        lockfile_path=_LOCKFILE if files.exists(_LOCKFILE) else None,
    )


def _known(files: Files, variables: Optional[Mapping[str, str]]) -> Mapping[str, str]:
    return variables or (os.environ if files.live else {})


def _generation(device: PciDevice) -> Optional[str]:
    """Return the generation, None for Google's other functions (its network card, say)."""
    if device.vendor_id != GOOGLE_VENDOR:
        return None
    if device.device_id == _V2_OR_V3:
        # Some hosts do not show the subsystem's id.
        return _V2_V3_SUBSYSTEMS.get(device.subsystem_device_id or "", "v2 or v3")
    return _GENERATIONS.get(device.device_id)


def _chip(
    device: PciDevice, generation: str, node: Optional[str], holder: Optional[Process]
) -> TpuChip:
    return TpuChip(
        address=device.address,
        generation=generation,
        device_id=device.device_id,
        node=node,
        holder_pid=holder.pid if holder else None,
        holder_name=holder.name if holder else None,
    )


def _node(
    files: Files, device: PciDevice, number: int, nodes: tuple[DeviceNode, ...]
) -> Optional[str]:
    """Return the path of the chip's node, None where it has none."""
    folder = f"/sys/bus/pci/devices/{device.address}"
    names = [*files.names(f"{folder}/accel"), f"accel{number}"]
    group = files.link_name(f"{folder}/iommu_group")
    candidates = [f"/dev/vfio/{group}"] if group else []
    candidates += [f"{place}/{name}" for name in names for place in ("/dev", "/dev/accel")]
    existing = {node.path for node in nodes}
    if (
        not group
    ):  # A copied tree may have lost its links: the groups' nodes are there all the same.
        candidates += [path for path in sorted(existing) if _is_group(path)][number : number + 1]
    return next((path for path in candidates if path in existing), None)


def _is_group(path: str) -> bool:
    return path.startswith("/dev/vfio/") and path.rpartition("/")[2].isdigit()


def _libtpu(files: Files) -> tuple[Optional[str], Optional[str]]:
    """Return path and version of the libtpu that a framework of this Python would load."""
    chosen = os.environ.get("TPU_LIBRARY_PATH") if files.live else None
    wheel_path, version = _libtpu_wheel() if files.live else (None, None)
    for path in (chosen, wheel_path, *_LIBTPU_PLACES):
        if path and files.exists(path):
            return path, version if path == wheel_path else None
    return None, None


def _libtpu_wheel() -> tuple[Optional[str], Optional[str]]:
    for name in ("libtpu", "libtpu-nightly"):
        try:
            wheel = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        return str(wheel.locate_file("libtpu/libtpu.so")), wheel.version
    return None, None
