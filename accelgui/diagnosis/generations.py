"""NVIDIA's GPU generations by PCI device id, and which drivers know them.

Device ids: the PCI ID Repository (pci-ids.ucw.cz, August 2026). First CUDA and last driver branch
of an architecture: "CUDA Toolkit, Driver, and Architecture Matrix" in NVIDIA's data centre driver
documentation, and the legacy GPU list of its Unix drivers for what came before Fermi. Which kernel
module a generation needs: "Open Linux Kernel Modules" in the driver's README and in NVIDIA's
driver installation guide (Grace Hopper and Blackwell take the open one only).
"""

from __future__ import annotations

from typing import NamedTuple


class Generation(NamedTuple):
    """A generation, with the driver branches that know it.

    `first_branch` is the one that came with the first CUDA for it; `last_branch` is None where
    newer branches go on knowing it.
    """

    name: str
    first_branch: int
    last_branch: int | None
    open_module: bool
    proprietary_module: bool


_TESLA = Generation("Tesla", 0, 340, open_module=False, proprietary_module=True)
_FERMI = Generation("Fermi", 0, 390, open_module=False, proprietary_module=True)
_KEPLER = Generation("Kepler", 0, 470, open_module=False, proprietary_module=True)
_MAXWELL = Generation("Maxwell", 0, 580, open_module=False, proprietary_module=True)
_PASCAL = Generation("Pascal", 367, 580, open_module=False, proprietary_module=True)
_VOLTA = Generation("Volta", 384, 580, open_module=False, proprietary_module=True)
_TURING = Generation("Turing", 410, None, open_module=True, proprietary_module=True)
_AMPERE = Generation("Ampere", 450, None, open_module=True, proprietary_module=True)
_HOPPER = Generation("Hopper", 515, None, open_module=True, proprietary_module=True)
_GRACE_HOPPER = Generation("Grace Hopper", 525, None, open_module=True, proprietary_module=False)
_ADA = Generation("Ada", 520, None, open_module=True, proprietary_module=True)
_BLACKWELL = Generation("Blackwell", 570, None, open_module=True, proprietary_module=False)

_RANGES = (
    (0x0190, 0x019F, _TESLA),
    (0x0400, 0x042F, _TESLA),
    (0x05E0, 0x065F, _TESLA),
    (0x06C0, 0x06DF, _FERMI),
    (0x06E0, 0x06FF, _TESLA),
    (0x0840, 0x08AF, _TESLA),
    (0x0A20, 0x0A7F, _TESLA),
    (0x0CA0, 0x0CBF, _TESLA),
    (0x0DC0, 0x0E3F, _FERMI),
    (0x0F00, 0x0F0F, _FERMI),
    (0x0FC0, 0x103F, _KEPLER),
    (0x1040, 0x109F, _FERMI),
    (0x10C0, 0x10DF, _TESLA),
    (0x1140, 0x1157, _FERMI),
    (0x1180, 0x11FF, _KEPLER),
    (0x1200, 0x125F, _FERMI),
    (0x1280, 0x12BF, _KEPLER),
    (0x1340, 0x15BF, _MAXWELL),
    (0x15C0, 0x15FF, _PASCAL),
    (0x1600, 0x171F, _MAXWELL),
    (0x1720, 0x172F, _PASCAL),
    (0x1730, 0x17FF, _MAXWELL),
    (0x1B00, 0x1D7F, _PASCAL),
    (0x1D80, 0x1DFF, _VOLTA),
    (0x1E00, 0x1FFF, _TURING),
    (0x2080, 0x20FF, _AMPERE),
    (0x2180, 0x21FF, _TURING),
    (0x2200, 0x228F, _AMPERE),
    (0x2300, 0x2341, _HOPPER),
    (0x2342, 0x234F, _GRACE_HOPPER),
    (0x2350, 0x23FF, _HOPPER),
    (0x2400, 0x25FF, _AMPERE),
    (0x2600, 0x28FF, _ADA),
    (0x2900, 0x2F8F, _BLACKWELL),
    (0x3180, 0x33FF, _BLACKWELL),
)


def generation(device_id: str) -> Generation | None:
    """Return the generation of a device id such as "1b80", None for one that is not known."""
    try:
        number = int(device_id, 16)
    except ValueError:
        return None
    return next((found for low, high, found in _RANGES if low <= number <= high), None)
