"""What the history says of one run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

CHECK, PRECISION, TRAINING = "check", "precision", "training"

# The window was killed while it went on.
CUT_OFF = "cut_off"

Fact = str | int | float | bool | None

COLUMNS = "id, kind, begun_s, ended_s, status, name, tags, note, facts"


@dataclass(frozen=True)
class Entry:
    """One check, precision check or training.

    Times are seconds since 1970. `status` is a RunStatus, "" while it goes on, or CUT_OFF. `facts`
    are what to compare: names with units as in samples and events.
    """

    id: int
    kind: str
    begun_s: float
    ended_s: float | None = None
    status: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> Entry:
        """Build one of a row with COLUMNS."""
        number, kind, begun_s, ended_s, status, name, tags, note, facts = row
        return cls(
            number, kind, begun_s, ended_s, status, name, tuple(tags.split()), note, _facts(facts)
        )


def differences(entries: list[Entry]) -> list[tuple[str, tuple[Fact, ...], bool]]:
    """Return (fact, its value in each entry, whether they differ), in the order of the facts."""
    names = dict.fromkeys(name for entry in entries for name in entry.facts)
    rows = []
    for name in names:
        values = tuple(entry.facts.get(name) for entry in entries)
        rows.append((name, values, len(set(map(str, values))) > 1))
    return rows


def _facts(text: str) -> dict[str, Fact]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
