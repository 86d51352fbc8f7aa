"""The monitor page: what the devices do, live or from a recording."""

from __future__ import annotations

from accelgui.gui.pages.monitor.page import MonitorPage

__all__ = ["MonitorPage"]
