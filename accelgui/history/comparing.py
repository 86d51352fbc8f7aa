"""What changed between entries, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from accelgui.history.entries import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accelgui.history.entries import Entry

K = TypeVar("K")

# Verdict and largest error ÷ bound of a row of a precision check.
Cell = tuple[str, float | None]

# What may be the reason why two results differ, the likeliest first.
CAUSES = (
    "driver",
    "framework",
    "kernel",
    "device_name",
    "device",
    "python",
    "host",
    "model",
    "model_path",
    "script_path",
    "precision",
    "tf32",
    "execution",
    "feeding",
    "strategy",
    "batch_size",
    "epochs",
    "level",
    "data_path",
    "seed",
)

# Two runs of the same are not faster or slower than each other by less: clocks and neighbours.
_SAME_SPEED = 0.01
# More than what the order of sums makes of a sample network's accuracy.
_SAME_ACCURACY = 0.002
# An error this many times as large as before is another one.
_SAME_RATIO = 2.0

# Facts that say how precise a dtype is: "arithmetic_float32".
ARITHMETIC = "arithmetic_"


class Effect(Enum):
    """What came of a change; `amount` of an Outcome is explained with each."""

    # The rate ÷ that before: above 1.01 faster, below 0.99 slower.
    SPEED = "speed"
    # Points of accuracy, as a share.
    ACCURACY = "accuracy"
    # How precise a dtype is has another name.
    ARITHMETIC = "arithmetic"
    VERDICT = "verdict"
    # Checks that fail now, less those before.
    FAILED = "failed"


@dataclass(frozen=True)
class Change:
    """A fact that is another one than before."""

    name: str
    before: Fact
    after: Fact


@dataclass(frozen=True)
class Outcome:
    """What came of it: the fact that tells it, before and after, and how much that is."""

    effect: Effect
    name: str
    before: Fact
    after: Fact
    amount: float = 0.0


def differences(entries: Sequence[Entry]) -> list[tuple[str, tuple[Fact, ...], bool]]:
    """Return (fact, its value in each entry, whether they differ), in the order of the facts."""
    names = dict.fromkeys(name for entry in entries for name in entry.facts)
    rows = []
    for name in names:
        values = tuple(entry.facts.get(name) for entry in entries)
        rows.append((name, values, len(set(map(str, values))) > 1))
    return rows


def changes(before: Entry, after: Entry) -> list[Change]:
    """Return what may be the reason why one entry is other than the one before."""
    pairs = ((name, before.facts.get(name), after.facts.get(name)) for name in CAUSES)
    # What only one of them tells is not known to have changed.
    return [Change(*pair) for pair in pairs if None not in pair[1:] and pair[1] != pair[2]]


def outcomes(before: Entry, after: Entry) -> list[Outcome]:
    """Return what is other in the results of two entries of one kind, the speed first.

    A speed that is the same is told as well, with the amount 1: people compare for that.
    """
    if before.kind != after.kind:
        return []
    found = []
    for name in after.facts:
        pair = before.facts.get(name), after.facts[name]
        outcome = _outcome(name, *pair)
        if outcome is not None:
            found.append(outcome)
    order = list(Effect)
    return sorted(found, key=lambda outcome: order.index(outcome.effect))


def changed_rows(tables: Sequence[Mapping[K, Cell]]) -> list[tuple[K, tuple[Cell | None, ...]]]:
    """Return the rows of precision checks that differ, with their cell in each, None for none.

    `tables` are the rows of each check by what they are of. An error that is not twice another is
    the same.
    """
    places = dict.fromkeys(place for table in tables for place in table)
    rows = ((place, tuple(table.get(place) for table in tables)) for place in places)
    return [(place, cells) for place, cells in rows if _differ(cells)]


def _outcome(name: str, before: Fact, after: Fact) -> Outcome | None:
    if before is None or after is None:
        return None
    numbers = _numbers(before, after)
    if name.endswith("_per_second"):
        return _speed(name, numbers)
    if name == "validation_accuracy":
        return _accuracy(name, numbers)
    if before == after:
        return None
    if name == "rows_failed" and numbers:
        return Outcome(Effect.FAILED, name, before, after, numbers[1] - numbers[0])
    effect = Effect.VERDICT if name == "verdict" else Effect.ARITHMETIC
    is_named = name == "verdict" or name.startswith(ARITHMETIC)
    return Outcome(effect, name, before, after) if is_named else None


def _speed(name: str, rates: tuple[float, float] | None) -> Outcome | None:
    if rates is None or min(rates) <= 0:
        return None
    ratio = rates[1] / rates[0]
    return Outcome(Effect.SPEED, name, *rates, 1.0 if abs(ratio - 1) < _SAME_SPEED else ratio)


def _accuracy(name: str, shares: tuple[float, float] | None) -> Outcome | None:
    if shares is None or abs(shares[1] - shares[0]) <= _SAME_ACCURACY:
        return None
    return Outcome(Effect.ACCURACY, name, *shares, shares[1] - shares[0])


def _numbers(before: Fact, after: Fact) -> tuple[float, float] | None:
    """Return both where both are finite numbers; what is not finite is kept as a word."""
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return float(before), float(after)
    return None


def _differ(cells: Sequence[Cell | None]) -> bool:
    known = [cell for cell in cells if cell is not None]
    if len(known) < len(cells) or len({verdict for verdict, _ratio in known}) > 1:
        return True
    ratios = [ratio for _verdict, ratio in known]
    told = [ratio for ratio in ratios if ratio]
    if len(told) < len(ratios):
        return bool(told)
    return max(told) > _SAME_RATIO * min(told)
