"""The options a person can set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Settings:
    """The options a person can set. `problem` is set where they could not be read or written."""

    language: str = ""
    appearance: str = "system"
    python: str = ""
    problem: str = ""

    def save(self) -> None:
        """Write what differs from the defaults."""
