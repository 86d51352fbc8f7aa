"""Devices in words: kinds, and the choices that `--device` and the forms offer."""

from __future__ import annotations

from accelgui.model.device import Device, DeviceKind
from accelgui.words.translation import N_, _

_KINDS = {
    DeviceKind.CPU: N_("CPU"),
    DeviceKind.GPU: N_("GPU"),
    DeviceKind.TPU: N_("TPU"),
}


def kind_name(kind: DeviceKind) -> str:
    """Return what a device is."""
    return _(_KINDS[kind])


def key_name(key: str) -> str:
    """Return a device key for people: "auto" is "Best available", "gpu:0" is "GPU 0"."""
    if key == "auto":
        return _("Best available")
    kind, colon, number = key.partition(":")
    return f"{kind.upper()} {number}" if colon else kind.upper()


def device_title(device: Device) -> str:
    """Return key and name: "GPU 0 · NVIDIA H200"."""
    return f"{key_name(device.key)} · {device.name}"
