"""TPU chips as devices. Capacities per chip: Google Cloud, "TPU architecture" and its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from accelgui.model.device import Device, DeviceFact, DeviceKind, FactGroup

if TYPE_CHECKING:
    from accelgui.model.snapshot import PciDevice, Tpu, TpuChip

Value = Optional[Union[bool, int, float, str]]

_GIB = 1 << 30
_TABLE = "generation"


class _Capacity(NamedTuple):
    memory_bytes: int
    cores: int


_CAPACITIES = {
    "v2": _Capacity(16 * _GIB, 2),
    "v3": _Capacity(32 * _GIB, 2),
    "v4": _Capacity(32 * _GIB, 2),
    "v5e": _Capacity(16 * _GIB, 1),
    "v5p": _Capacity(95 * _GIB, 2),
    "v6e": _Capacity(32 * _GIB, 1),
    "7x": _Capacity(192 * _GIB, 2),
}


def tpu_devices(tpu: Tpu, pci: tuple[PciDevice, ...]) -> tuple[Device, ...]:
    """Return one device for each chip; what its generation does not tell is None."""
    by_address = {device.address: device for device in pci}
    return tuple(
        Device(
            key=f"tpu:{number}",
            kind=DeviceKind.TPU,
            name=f"Google TPU {chip.generation}",
            facts=tuple(_facts(chip, by_address[chip.address], tpu)),
        )
        for number, chip in enumerate(tpu.chips)
    )


def _facts(chip: TpuChip, pci: PciDevice, tpu: Tpu) -> list[DeviceFact]:
    capacity = _CAPACITIES.get(chip.generation)
    folder = f"/sys/bus/pci/devices/{chip.address}"
    rows: tuple[tuple[FactGroup, str, Value, str], ...] = (
        (FactGroup.IDENTITY, "generation", chip.generation, f"{folder}/device"),
        (FactGroup.IDENTITY, "pci_address", chip.address, folder),
        (FactGroup.IDENTITY, "pci_id", f"{pci.vendor_id}:{chip.device_id}", f"{folder}/device"),
        (FactGroup.COMPUTE, "cores_count", capacity and capacity.cores, _TABLE),
        (FactGroup.MEMORY, "memory_total_bytes", capacity and capacity.memory_bytes, _TABLE),
        (FactGroup.LINK, "node", chip.node, "/dev"),
        (FactGroup.LINK, "link_speed_gts", pci.link_speed_gts, f"{folder}/current_link_speed"),
        (FactGroup.LINK, "pcie_width", pci.link_width, f"{folder}/current_link_width"),
        (FactGroup.SOFTWARE, "kernel_driver", pci.driver, f"{folder}/driver"),
        (FactGroup.SOFTWARE, "holder_pid", chip.holder_pid, "/proc/*/fd"),
        (FactGroup.SOFTWARE, "holder_name", chip.holder_name, "/proc/*/comm"),
        (FactGroup.SOFTWARE, "libtpu_version", tpu.libtpu_version, "libtpu"),
    )
    return [DeviceFact(group, name, value, source) for group, name, value, source in rows]
