"""NVIDIA's GPU generations by PCI device id, and which drivers know them.

Ranges: pci-ids.ucw.cz and the legacy GPU lists of NVIDIA's driver documentation.
"""

from __future__ import annotations

from typing import NamedTuple


class Generation(NamedTuple):
    """A generation; `last_branch` is the last driver branch that knows it, None: still known."""

    name: str
    last_branch: int | None
    open_module: bool
    proprietary_module: bool


_FERMI = Generation("Fermi", 390, open_module=False, proprietary_module=True)
_KEPLER = Generation("Kepler", 470, open_module=False, proprietary_module=True)
_MAXWELL = Generation("Maxwell", 580, open_module=False, proprietary_module=True)
_PASCAL = Generation("Pascal", 580, open_module=False, proprietary_module=True)
_VOLTA = Generation("Volta", 580, open_module=False, proprietary_module=True)
_BOTH = Generation("Turing or later", None, open_module=True, proprietary_module=True)
_BLACKWELL = Generation("Blackwell", None, open_module=True, proprietary_module=False)

_RANGES = (
    (0x06C0, 0x06DF, _FERMI),
    (0x0DC0, 0x0E3F, _FERMI),
    (0x0FC0, 0x103F, _KEPLER),
    (0x1040, 0x109F, _FERMI),
    (0x1140, 0x1157, _FERMI),
    (0x1180, 0x11FF, _KEPLER),
    (0x1200, 0x125F, _FERMI),
    (0x1280, 0x12BF, _KEPLER),
    (0x1340, 0x15EF, _MAXWELL),
    (0x15F0, 0x15FF, _PASCAL),
    (0x1600, 0x17FF, _MAXWELL),
    (0x1B00, 0x1D7F, _PASCAL),
    (0x1D80, 0x1DFF, _VOLTA),
    (0x1E00, 0x28FF, _BOTH),
    (0x2900, 0x2FFF, _BLACKWELL),
)


def generation(device_id: str) -> Generation | None:
    """Return the generation of a device id such as "1b80", None for one that is not known."""
    try:
        number = int(device_id, 16)
    except ValueError:
        return None
    return next((found for low, high, found in _RANGES if low <= number <= high), None)
