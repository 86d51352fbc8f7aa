"""Asks libtpu's own monitoring for live values, once a second, for as long as somebody listens.

Importing libtpu may crash the process, and off Google's cloud `get_metric` asks a metadata server
for minutes unless it is told not to; so this is a process apart, that may be given up.
"""

from __future__ import annotations

import os
import time
from typing import Any

from accelgui.agent.probe.apart.telling import tell, tell_calling

_EVERY_S = 1.0
METRICS = (
    "duty_cycle_pct",
    "hbm_capacity_usage",
    "hbm_capacity_total",
    "tensorcore_util",
    "tpu_throttle_score",
)


def watch(_arguments: list[str]) -> None:
    """Tell {"kind": "metrics", "values": {name: [number of each chip or core]}} again and again."""
    os.environ["TPU_SKIP_MDS_QUERY"] = "1"
    tell_calling("import libtpu")
    from libtpu import sdk

    supported = set(sdk.tpumonitoring.list_supported_metrics())
    names = [name for name in METRICS if name in supported]
    while True:
        values = {}
        for name in names:
            tell_calling(f"get_metric({name})")
            values[name] = _numbers(sdk.tpumonitoring, name)
        tell("metrics", values=values)
        time.sleep(_EVERY_S)


def _numbers(monitoring: Any, name: str) -> list[float]:
    """Return the numbers of a metric; [] while no workload runs."""
    try:
        told = monitoring.get_metric(name).data()
    except Exception:  # noqa: BLE001 - Whatever it raises for a metric that this chip lacks.
        return []
    try:
        # Some are told as "place: value".
        return [float(str(text).rpartition(":")[2]) for text in told]
    except ValueError:
        return []
