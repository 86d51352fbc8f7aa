"""The first page: does this machine accelerate, and if not, why not."""

from __future__ import annotations

from accelgui.gui.pages.overview.overview_page import OverviewPage

__all__ = ["OverviewPage"]
