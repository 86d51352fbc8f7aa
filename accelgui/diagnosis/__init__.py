"""Pure functions from what was found to what it means."""

from __future__ import annotations

from accelgui.diagnosis.examination import examine

__all__ = ["examine"]
