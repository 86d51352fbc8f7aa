"""Alerts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.devices import key_name
from accelgui.words.translation import N_, _
from accelgui.words.units import bytes_text, celsius_text, number_text, percent_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOST = "host"

NAMES = {
    "gpu_lost": N_("GPU lost"),
    "stall": N_("Stall"),
    "device_hot": N_("Hot"),
    "memory_hot": N_("Memory hot"),
    "disk": N_("Disk nearly full"),
    "host_memory": N_("Memory nearly full"),
    "device_memory": N_("Device memory nearly full"),
}

# After whose it is: "GPU 0: hot".
_SHORT = {
    "gpu_lost": N_("{device}: lost"),
    "stall": N_("{device}: stalled"),
    "device_hot": N_("{device}: hot"),
    "memory_hot": N_("{device}: memory hot"),
    "device_memory": N_("{device}: memory nearly full"),
}

_SENTENCES = {
    "gpu_lost": N_("{device} is lost to its driver (NVML error {value})"),
    "stall": N_("{device} does nothing, though the training claims to go on"),
    "device_hot": N_("{device} is hot: {value} (alert from {threshold})"),
    "memory_hot": N_("The memory of {device} is hot: {value} (alert from {threshold})"),
    "disk": N_("A disk is nearly full: {value} left (alert below {threshold})"),
    "host_memory": N_("The memory of this machine is nearly full: {value}"),
    "device_memory": N_("The memory of {device} is nearly full: {value}"),
}

_ADVICE = {
    "gpu_lost": N_(
        "It fell off the bus or needs a reset. The kernel log says why (search it for Xid);"
        " usually only a restart of the machine brings it back."
    ),
    "stall": N_("What the training waits for is often its data, another process or a lock."),
    "device_hot": N_("It will lower its clocks. Look at fans, dust and the air around it."),
    "memory_hot": N_("It will lower its clocks. Look at fans, dust and the air around it."),
    "disk": N_(
        "Checkpoints, logs and recordings need room in the home folder and for temporary files."
    ),
    "host_memory": N_("When it is full, the system ends programs, or becomes very slow."),
    "device_memory": N_(
        "What needs more will fail. TensorFlow and JAX take most of it at their start unless told"
        " otherwise: then this is no sign of trouble."
    ),
}

_DETAILS = {
    "steps_go_on": N_("Steps go on: they are computed somewhere else."),
    "steps_stopped": N_("No step was told of either."),
}

_UNITS: dict[str, Callable[[float], str]] = {
    "device_hot": celsius_text,
    "memory_hot": celsius_text,
    "disk": bytes_text,
    "host_memory": percent_text,
    "device_memory": percent_text,
    "stall": percent_text,
    "gpu_lost": number_text,
}


def alert_name(code: str) -> str:
    """Return what an alert is of, in two words; an unknown code is returned as it is."""
    return _(NAMES[code]) if code in NAMES else code


def device_name(device: str) -> str:
    """Return whose alert it is."""
    return _("this machine") if device == HOST else key_name(device)


def value_text(code: str, value: float | None) -> str:
    """Return a value of an alert with its unit."""
    return "?" if value is None else _UNITS.get(code, number_text)(value)


def sentence(code: str, device: str, value: float | None, threshold: float) -> str:
    """Say what goes on, without a full stop."""
    return _(_SENTENCES.get(code, "{device}")).format(
        device=key_name(device),
        value=value_text(code, value),
        threshold=value_text(code, threshold),
    )


def advice(code: str, detail: str = "") -> str:
    """Say what it means and what to do."""
    parts = (_DETAILS.get(detail, ""), _ADVICE.get(code, ""))
    return joining.sentences(_(part) for part in parts if part)


def short(code: str, device: str) -> str:
    """Return an alert short enough for a plot: "GPU 0: hot"."""
    if code not in _SHORT:
        return alert_name(code)
    return _(_SHORT[code]).format(device=key_name(device))


def mark_text(parameters: Mapping[str, str], *, is_over: bool) -> str:
    """Return the words of an alert's mark on the axis of time."""
    text = short(parameters.get("alert", ""), parameters.get("device", HOST))
    return _("{what}, over").format(what=text) if is_over else text
