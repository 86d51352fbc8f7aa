"""The options of the window."""

from __future__ import annotations

from accelgui.gui.pages.settings.settings_page import SettingsPage

__all__ = ["SettingsPage"]
