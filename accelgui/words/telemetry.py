"""What happened while the machine was watched, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import alerts
from accelgui.words.translation import N_, _
from accelgui.words.units import seconds_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accelgui.model.mark import Mark

_OWNERS = {
    "training": N_("Training"),
    "precision": N_("Precision check"),
    "benchmark": N_("Benchmark"),
}

_MARKS = {
    "run_started": N_("{what}"),
    "run_ended": N_("{what} ended"),
    "first_step": N_("First step"),
    "epoch": N_("Epoch {epoch}"),
    "slept": N_("Asleep for {time}"),
    "clock_set": N_("Clock set by {time}"),
}

_LIMITS = {
    "power_cap": N_("power limit"),
    "hardware_slowdown": N_("hardware slowdown"),
    "software_thermal": N_("too warm"),
    "hardware_thermal": N_("too hot"),
    "power_brake": N_("power brake"),
}

_EXPLANATIONS = {
    "power_cap": N_("The clocks are lowered so that the power stays below its limit."),
    "hardware_slowdown": N_("The hardware lowers its clocks, by half or more."),
    "software_thermal": N_("The driver lowers the clocks because GPU or memory is too warm."),
    "hardware_thermal": N_("The hardware lowers its clocks because it is too hot."),
    "power_brake": N_("The power supply asked for lower clocks."),
}


def limit_name(code: str) -> str:
    """Return why clocks are held back, in two words."""
    return _(_LIMITS[code]) if code in _LIMITS else code


def limits_text(codes: Iterable[str]) -> str:
    """Return why clocks are held back, several reasons joined."""
    return ", ".join(limit_name(code) for code in codes)


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
    return _(_MARKS[mark.code]).format(
        what=_(_OWNERS[owner]) if owner in _OWNERS else _("Run"),
        epoch=parameters.get("epoch", ""),
        time=_duration(parameters),
    )


def _duration(parameters: dict[str, str]) -> str:
    try:
        return seconds_text(float(parameters.get("seconds", "0")))
    except ValueError:
        return "?"
