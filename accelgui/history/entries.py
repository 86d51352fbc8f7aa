"""What the history says of one run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

CHECK, PRECISION, TRAINING = "check", "precision", "training"
LADDER, BATCH_SEARCH, BENCHMARK = "ladder", "batch_search", "benchmark"
ALERT = "alert"

# The window was killed while it went on.
CUT_OFF = "cut_off"

Fact = str | int | float | bool | None

COLUMNS = "id, kind, begun_s, ended_s, status, name, tags, note, facts"


@dataclass(frozen=True)
class Entry:
    """One check, precision check, training, ladder, benchmark or alert.

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


def _facts(text: str) -> dict[str, Fact]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
