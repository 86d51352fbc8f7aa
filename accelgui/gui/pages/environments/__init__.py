"""Environments: every Python of this person, framework by framework."""

from __future__ import annotations

from accelgui.gui.pages.environments.page import EnvironmentsPage

__all__ = ["EnvironmentsPage"]
