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


@dataclass(frozen=True)
class DeviceProcess:
    """A process that uses a device, or, with device "host", one of the watched run's own.

    `name` is None where the process cannot be seen from here (another container, another system)
    or is not surely the one that the driver means. `started_s` is the system's time at its start:
    a number that was given anew belongs to another process. `cpu_percent` is 100 for one core.
    """

    device: str
    pid: int
    name: Optional[str] = None
    user: Optional[str] = None
    started_s: Optional[float] = None
    kind: str = "compute"
    memory_bytes: Optional[int] = None
    utilisation_percent: Optional[float] = None
    cpu_percent: Optional[float] = None
