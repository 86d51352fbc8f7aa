"""The values of options in words."""

from __future__ import annotations

from accelgui.words.translation import _
from accelgui.words.units import celsius_text, percent_text, rough_seconds_text


def alert_choice(name: str, value: str) -> str:
    """Return what a choice for an alert is ("alert_disk", "2": "Below 2 GiB")."""
    known = {"off": _("Off"), "auto": _("By the device"), "0": _("At once")}
    if value in known:
        return known[value]
    number = float(value)
    if name in {"alert_hold", "alert_stall"}:
        return _("After {value}").format(value=rough_seconds_text(number))
    if name == "alert_disk":
        return _("Below {value}").format(value=f"{number:g} GiB")
    text = celsius_text if name == "alert_temperature" else percent_text
    return _("From {value}").format(value=text(number))
