"""Live values for Prometheus, at an HTTP address; README.md has the names."""

from __future__ import annotations

from accelgui.metrics.board import Board, DeviceNames
from accelgui.metrics.server import DEFAULT_PORT, LOOPBACK, MetricsError, Server, is_loopback

__all__ = [
    "DEFAULT_PORT",
    "LOOPBACK",
    "Board",
    "DeviceNames",
    "MetricsError",
    "Server",
    "is_loopback",
]
