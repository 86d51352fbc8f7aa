"""Declared options, kept in one file; only what differs from the defaults is written."""

from __future__ import annotations

from accelgui.settings.settings import (
    Settings,
    option_choices,
    option_description,
    option_title,
)

__all__ = ["Settings", "option_choices", "option_description", "option_title"]
