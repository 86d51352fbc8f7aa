"""Alerts: what needs a person, raised once, cleared once."""

from __future__ import annotations

from accelgui.telemetry.alerts.alert import Alert, rank
from accelgui.telemetry.alerts.alerts import Alerts
from accelgui.telemetry.alerts.thresholds import Limits, Thresholds

__all__ = ["Alert", "Alerts", "Limits", "Thresholds", "rank"]
