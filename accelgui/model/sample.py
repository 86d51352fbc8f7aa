"""Live values of a device or of the host at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

HOST = "host"


@dataclass(frozen=True)
class Sample:
    """Values of one device ("cpu", "gpu:0", "tpu:0") or of the "host" at one moment.

    `time_s` is the system-wide monotonic clock. Names carry units (`utilisation_percent`,
    `memory_used_bytes`, `power_watts`, `temperature_celsius`); None means not reported.
    """

    device: str
    time_s: float
    values: dict[str, Optional[float]] = field(default_factory=dict)
