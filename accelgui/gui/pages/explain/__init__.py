"""Explain a log: paste or drop it, and see what it shows."""

from __future__ import annotations

from accelgui.gui.pages.explain.page import ExplainPage

__all__ = ["ExplainPage"]
