"""All clues of a log, to be asked by rules; and what a rule answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from accelgui.diagnosis.logs.signs import Clue
from accelgui.model.finding import Confidence


class Clues:
    """The clues of one log, in its order."""

    def __init__(self, found: Iterable[Clue]) -> None:
        self._by_sign: dict[str, list[Clue]] = {}
        for clue in sorted(found, key=lambda clue: (clue.line, clue.position)):
            self._by_sign.setdefault(clue.sign, []).append(clue)

    def all(self, *signs: str) -> list[Clue]:
        """Return every clue of these signs, in the order of the log."""
        found = [clue for sign in signs for clue in self._by_sign.get(sign, ())]
        return sorted(found, key=lambda clue: (clue.line, clue.position))

    def first(self, *signs: str) -> Clue | None:
        """Return the first clue of these signs, None where there is none."""
        return next(iter(self.all(*signs)), None)

    def has(self, *signs: str) -> bool:
        """Say whether the log holds one of these signs."""
        return any(sign in self._by_sign for sign in signs)

    def values(self, sign: str, group: str) -> list[str]:
        """Return what the clues of a sign took as `group`, each once."""
        taken = (clue[group] for clue in self._by_sign.get(sign, ()))
        return list(dict.fromkeys(value for value in taken if value))

    def value(self, sign: str, group: str) -> str | None:
        """Return the first such value, None where there is none."""
        return next(iter(self.values(sign, group)), None)


@dataclass(frozen=True)
class Candidate:
    """A cause that a rule proposes; findings are made from the ones that remain."""

    code: str
    confidence: Confidence
    clues: tuple[Clue, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    # How many likelier causes its rule proposed before it.
    place: int = 0


Rule = Callable[[Clues], Iterable[Candidate]]


def certain(code: str, clues: Iterable[Clue], **parameters: str | None) -> Candidate:
    """Propose a cause that the text states."""
    return _candidate(code, Confidence.CERTAIN, clues, parameters)


def likely(code: str, clues: Iterable[Clue], **parameters: str | None) -> Candidate:
    """Propose a cause that fits best."""
    return _candidate(code, Confidence.LIKELY, clues, parameters)


def possible(code: str, clues: Iterable[Clue], **parameters: str | None) -> Candidate:
    """Propose a cause that fits too."""
    return _candidate(code, Confidence.POSSIBLE, clues, parameters)


def _candidate(
    code: str, confidence: Confidence, clues: Iterable[Clue], parameters: dict[str, str | None]
) -> Candidate:
    known = {name: value for name, value in parameters.items() if value is not None}
    return Candidate(code, confidence, tuple(clues), known)
