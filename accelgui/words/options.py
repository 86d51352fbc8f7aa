"""The values of options in words."""

from __future__ import annotations

from accelgui.words.translation import _
from accelgui.words.units import celsius_text, percent_text, rough_seconds_text


def alert_choice(name: str, value: str) -> str:
    """Return what a choice for an alert is ("alert_disk", "2": "Below 2 GiB")."""
    if value == "off":
        return _("Off")
    if value == "auto":
        return _("By the device")
    number = float(value)
    if name == "alert_temperature":
        return _("From {value}").format(value=celsius_text(number))
    if name == "alert_disk":
        return _("Below {value}").format(value=f"{number:g} GiB")
    if name == "alert_stall":
        return _("After {value}").format(value=rough_seconds_text(number))
    return _("From {value}").format(value=percent_text(number))
