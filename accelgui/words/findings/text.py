"""What the words of a finding are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Remedy:
    """One thing to do; `command` can be copied into a shell as it stands."""

    text: str
    command: str | None = None


@dataclass(frozen=True)
class FindingText:
    """A finding for a person: what is wrong, why, and what to do, best first."""

    title: str
    cause: str
    remedies: tuple[Remedy, ...] = ()


Parameters = Mapping[str, str]
Author = Callable[[Parameters], FindingText]
