"""A device and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional, Union


class DeviceKind(str, Enum):
    """What a device is."""

    CPU = "cpu"
    GPU = "gpu"
    TPU = "tpu"


class FactGroup(str, Enum):
    """The headings under which the facts of a device are shown."""

    IDENTITY = "identity"
    COMPUTE = "compute"
    MEMORY = "memory"
    CLOCKS = "clocks"
    POWER = "power"
    LINK = "link"
    HEALTH = "health"
    SOFTWARE = "software"


@dataclass(frozen=True)
class DeviceFact:
    """One static fact.

    `name` is a code with its unit in it (`memory_total_bytes`, `power_limit_watts`); words are
    made at the edge. `value` is None where the device does not report it; `source` says what was
    asked ("nvmlDeviceGetMemoryInfo", "/proc/cpuinfo").
    """

    group: FactGroup
    name: str
    value: Optional[Union[bool, int, float, str]]
    source: str


@dataclass(frozen=True)
class Device:
    """A CPU, a GPU or a TPU chip. `key` is what `--device` takes: cpu, gpu:0, tpu:0."""

    key: str
    kind: DeviceKind
    name: str
    facts: tuple[DeviceFact, ...] = ()
