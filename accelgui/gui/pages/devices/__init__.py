"""Everything that is known about each device."""

from __future__ import annotations

from accelgui.gui.pages.devices.devices_page import DevicesPage

__all__ = ["DevicesPage"]
