"""The history page: what was done here before, and how two runs differ."""

from __future__ import annotations

from accelgui.gui.pages.history.page import HistoryPage

__all__ = ["HistoryPage"]
