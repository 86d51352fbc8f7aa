"""Series of live values: kept, thinned, drawn elsewhere."""

from __future__ import annotations

from accelgui.telemetry.series import RecentSeries, Series, WholeSeries

__all__ = ["RecentSeries", "Series", "WholeSeries"]
