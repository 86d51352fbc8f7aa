"""Is the arithmetic of a device right? Checked operation by operation, dtype by dtype."""

from __future__ import annotations

from accelgui.agent.workloads.precision.suite import check_precision

__all__ = ["check_precision"]
