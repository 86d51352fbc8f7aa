"""How two entries of the history differ, in a sentence.

"NVIDIA driver 550 → 580: 4 % faster, float32 with TF32 inputs instead of full precision."
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.frameworks import framework_name
from accelgui.words.history import fact_text, fact_title
from accelgui.words.precision import dtype_name
from accelgui.words.translation import _, n_
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    Fact = str | int | float | bool | None

    class Change(Protocol):
        """A fact that is another one than before."""

        @property
        def name(self) -> str: ...  # noqa: D102
        @property
        def before(self) -> Fact: ...  # noqa: D102
        @property
        def after(self) -> Fact: ...  # noqa: D102

    class Outcome(Change, Protocol):
        """What came of it."""

        @property
        def effect(self) -> object: ...  # noqa: D102
        @property
        def amount(self) -> float: ...  # noqa: D102


# More than these make no sentence; the table below it has them all.
_MOST_REASONS, _MOST_RESULTS = 3, 4
_TWICE = 2.0


def sentence(changes: Sequence[Change], outcomes: Sequence[Outcome]) -> str:
    """Say what changed, and what came of it."""
    reasons = [_change_text(change) for change in changes[:_MOST_REASONS]]
    if more := len(changes) - len(reasons):
        reasons.append(n_("{count} more", "{count} more", more).format(count=more))
    results = [_outcome_text(outcome) for outcome in outcomes[:_MOST_RESULTS]]
    before, after = joining.clauses(reasons), joining.clauses(results)
    if not after:
        after = _("the same result")
    if not before:
        before = _("Nothing changed that is known")
    return _("{changes}: {results}.").format(changes=before, results=after)


def _change_text(change: Change) -> str:
    name, before, after = fact_title(change.name), str(change.before), str(change.after)
    code, _space, version = before.partition(" ")
    if change.name == "framework" and version and after.startswith(f"{code} "):
        name, before, after = framework_name(code), version, after.removeprefix(f"{code} ")
    else:
        before, after = fact_text(change.name, change.before), fact_text(change.name, change.after)
    return _("{fact} {before} → {after}").format(fact=name, before=before, after=after)


def _outcome_text(outcome: Outcome) -> str:
    texts: dict[str, Callable[[Outcome], str]] = {
        "speed": _speed_text,
        "accuracy": _accuracy_text,
        "arithmetic": _arithmetic_text,
        "verdict": _verdict_text,
        "failed": _failed_text,
    }
    return texts[str(getattr(outcome.effect, "value", outcome.effect))](outcome)


def _speed_text(outcome: Outcome) -> str:
    amount, of = outcome.amount, _of_what(outcome.name)
    if amount == 1.0:
        text = _("as fast")
    elif amount >= _TWICE or amount <= 1 / _TWICE:
        factor = number_text(amount if amount > 1 else 1 / amount, 2)
        text = _("{factor} × as fast") if amount > 1 else _("{factor} × as slow")
        text = text.format(factor=factor)
    else:
        percent = f"{abs(amount - 1) * 100:.0f}"
        text = _("{percent} % faster") if amount > 1 else _("{percent} % slower")
        text = text.format(percent=percent)
    return _("{what} {change}").format(what=of, change=text) if of else text


def _of_what(name: str) -> str:
    """Return what a rate is of, "" for the training or the ladder itself."""
    return "" if name == "samples_per_second" else fact_title(name.removesuffix("_per_second"))


def _accuracy_text(outcome: Outcome) -> str:
    points = f"{abs(outcome.amount) * 100:.1f}"
    if outcome.amount > 0:
        return _("accuracy {points} points higher").format(points=points)
    return _("accuracy {points} points lower").format(points=points)


def _arithmetic_text(outcome: Outcome) -> str:
    return _("{dtype} with {after} instead of {before}").format(
        dtype=dtype_name(outcome.name.removeprefix("arithmetic_")),
        after=fact_text(outcome.name, outcome.after),
        before=fact_text(outcome.name, outcome.before),
    )


def _verdict_text(outcome: Outcome) -> str:
    return _("{after}, before {before}").format(
        after=fact_text("verdict", outcome.after), before=fact_text("verdict", outcome.before)
    )


def _failed_text(outcome: Outcome) -> str:
    count = round(abs(outcome.amount))
    if outcome.amount > 0:
        text = n_("{count} more check fails", "{count} more checks fail", count)
    else:
        text = n_("{count} check fewer fails", "{count} checks fewer fail", count)
    return text.format(count=count)
