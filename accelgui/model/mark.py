"""Something that happened while a machine was watched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """Something happened at one moment. `code` says what, `parameters` fill its words."""

    time_s: float
    code: str
    parameters: tuple[tuple[str, str], ...] = ()
