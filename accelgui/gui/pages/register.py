"""The pages of the rail, in order; a page's code is imported when it is first visited."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.words import N_, _

if TYPE_CHECKING:
    from accelgui.gui.pages.page import Page


@dataclass(frozen=True)
class Entry:
    """One line of the rail: the page's code, its icon, its name and where its class is."""

    code: str
    icon: str
    name: str
    module: str
    cls: str

    def title(self) -> str:
        """Return the page's name in the current language."""
        return _(self.name)

    def page_class(self) -> type[Page]:
        """Import the page."""
        cls: type[Page] = getattr(importlib.import_module(self.module), self.cls)
        return cls


ENTRIES = (
    Entry("overview", "house", N_("Overview"), "accelgui.gui.pages.overview", "OverviewPage"),
    Entry("devices", "microchip", N_("Devices"), "accelgui.gui.pages.devices", "DevicesPage"),
    Entry("precision", "sigma", N_("Precision"), "accelgui.gui.pages.precision", "PrecisionPage"),
    Entry("training", "trending-up", N_("Training"), "accelgui.gui.pages.training", "TrainingPage"),
    Entry("monitor", "activity", N_("Monitor"), "accelgui.gui.pages.monitor", "MonitorPage"),
    Entry("history", "history", N_("History"), "accelgui.gui.pages.history", "HistoryPage"),
    Entry(
        "environments",
        "terminal",
        N_("Environments"),
        "accelgui.gui.pages.environments",
        "EnvironmentsPage",
    ),
    Entry("explain", "file-text", N_("Explain a log"), "accelgui.gui.pages.explain", "ExplainPage"),
    Entry("settings", "settings", N_("Settings"), "accelgui.gui.pages.settings", "SettingsPage"),
)


def entry(code: str) -> Entry:
    """Return the entry of a page; raises KeyError where there is none."""
    return {known.code: known for known in ENTRIES}[code]
