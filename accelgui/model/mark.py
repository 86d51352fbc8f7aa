"""Something that happened while a machine was watched."""

from __future__ import annotations

from dataclasses import dataclass

# A new process samples the GPUs, since their driver is another one.
DRIVER_CHANGED = "driver_changed"


@dataclass(frozen=True)
class Mark:
    """Something happened at one moment. `code` says what, `parameters` fill its words."""

    time_s: float
    code: str
    parameters: tuple[tuple[str, str], ...] = ()
