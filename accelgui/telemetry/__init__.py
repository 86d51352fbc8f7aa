"""Series of live values: kept, thinned, drawn elsewhere."""

from __future__ import annotations

from accelgui.telemetry.series import LongSeries, RecentSeries, Series, WholeSeries
from accelgui.telemetry.spans import Span, Spans
from accelgui.telemetry.store import Store
from accelgui.telemetry.timeline import Clocks, Timeline

__all__ = [
    "Clocks",
    "LongSeries",
    "RecentSeries",
    "Series",
    "Span",
    "Spans",
    "Store",
    "Timeline",
    "WholeSeries",
]
