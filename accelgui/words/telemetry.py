"""What happened while the machine was watched, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import alerts, joining
from accelgui.words.devices import key_name
from accelgui.words.translation import N_, _
from accelgui.words.units import seconds_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accelgui.model.mark import Mark

_OWNERS = {
    "training": N_("Training"),
    "ladder": N_("Acceleration ladder"),
    "precision": N_("Precision check"),
    "benchmark": N_("Benchmark"),
}

_MARKS = {
    "run_started": N_("{what}"),
    "run_ended": N_("{what} ended"),
    "first_step": N_("First step"),
    "epoch": N_("Epoch {epoch}"),
    "slept": N_("Asleep for {time}"),
    "clock_set": N_("Clock set on by {time}"),
    "clock_set_back": N_("Clock set back by {time}"),
    "xid": N_("{device}: Xid {xid}"),
    "driver_changed": N_("Driver changed"),
}

# NVIDIA's "Xid Errors", docs.nvidia.com/deploy/xid-errors.
_XIDS = {
    "13": N_("A program made the GPU compute something it cannot."),
    "31": N_("A program read or wrote memory of the GPU that is not its own."),
    "43": N_("A program's work on the GPU was stopped after a fault of its own."),
    "45": N_("A program's work was cleared away, mostly since it ended or crashed."),
    "48": N_("The GPU's memory has an error that could not be corrected."),
    "62": N_("A controller of the GPU stopped."),
    "63": N_("The GPU sets failing memory aside; it takes effect after a reset."),
    "64": N_("The GPU could not set failing memory aside."),
    "74": N_("The link between GPUs (NVLink) has errors."),
    "79": N_("The GPU has fallen off the bus."),
    "94": N_("An error in the GPU's memory ended the program that used it."),
    "95": N_("An error in the GPU's memory reached more than one program."),
    "109": N_("The GPU did not turn to other work in time."),
    "119": N_("The GPU's firmware does not answer."),
    "120": N_("The GPU's firmware failed."),
    "140": N_("The GPU's memory has an error that could not be corrected."),
    "154": N_("The GPU tells how to recover: the kernel log says it."),
}
_OTHER_XID = N_("The driver reports a fault of the GPU or of a program: the kernel log says more.")

_LIMITS = {
    "power_cap": N_("power limit"),
    "hardware_slowdown": N_("hardware slowdown"),
    "software_thermal": N_("too warm"),
    "hardware_thermal": N_("too hot"),
    "power_brake": N_("power brake"),
    "throttled": N_("throttled"),
}

_EXPLANATIONS = {
    "power_cap": N_("The clocks are lowered so that the power stays below its limit."),
    "hardware_slowdown": N_("The hardware lowers its clocks, by half or more."),
    "software_thermal": N_("The driver lowers the clocks because GPU or memory is too warm."),
    "hardware_thermal": N_("The hardware lowers its clocks because it is too hot."),
    "power_brake": N_("The power supply asked for lower clocks."),
    "throttled": N_("The chip works slower so as not to get too hot or draw too much."),
}


def limit_name(code: str) -> str:
    """Return why clocks are held back, in two words."""
    return _(_LIMITS[code]) if code in _LIMITS else code


def limits_text(codes: Iterable[str]) -> str:
    """Return why clocks are held back, several reasons joined."""
    return joining.clauses(limit_name(code) for code in codes)


def limit_explanation(code: str) -> str:
    """Say what holds the clocks back, in a sentence."""
    return _(_EXPLANATIONS[code]) if code in _EXPLANATIONS else code


def mark_text(mark: Mark) -> str:
    """Return what happened, short enough for a plot; an unknown code is returned as it is."""
    parameters = dict(mark.parameters)
    if mark.code in {"alert", "alert_over"}:
        return alerts.mark_text(parameters, is_over=mark.code == "alert_over")
    if mark.code not in _MARKS:
        return mark.code
    owner = parameters.get("owner", "")
    is_back = mark.code == "clock_set" and parameters.get("seconds", "").startswith("-")
    code = "clock_set_back" if is_back else mark.code
    return _(_MARKS[code]).format(
        what=_(_OWNERS[owner]) if owner in _OWNERS else _("Run"),
        epoch=parameters.get("epoch", ""),
        time=_duration(parameters),
        device=key_name(parameters.get("device", "")),
        xid=parameters.get("xid", ""),
    )


def mark_explanation(mark: Mark) -> str:
    """Say in a sentence what a mark means, "" where its name says it all."""
    if mark.code == "driver_changed":
        return _("The GPUs were lost to this process; a new one has gone on with the new driver.")
    xid = dict(mark.parameters).get("xid", "")
    if mark.code != "xid":
        return ""
    return _(_XIDS.get(xid, _OTHER_XID))


def _duration(parameters: dict[str, str]) -> str:
    try:
        return seconds_text(abs(float(parameters.get("seconds", "0"))))
    except ValueError:
        return "?"
