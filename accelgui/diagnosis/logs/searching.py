"""Finding signs in a log, in time that grows only with the log.

Expressions are tried on the few hundred characters around a needle, so that no expression,
whatever it is, takes long; and, of text made of nothing but needles, only so many times.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.needles import NeedleCase, Occurrences, folded
from accelgui.diagnosis.logs.passages import Passages, match
from accelgui.diagnosis.logs.signs import Clue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from accelgui.diagnosis.logs.reading import Piece
    from accelgui.diagnosis.logs.signs import Sign

# Logs repeat themselves; these many of a kind in one piece say all there is.
_KEPT_AT_MOST = 40
# A sign's expression is tried so often in the first piece whatever else is there; beyond that, all
# signs share the spare tries, and none takes them all. In later pieces it is a share of that.
_TRIED_EACH, _SPARE_TRIES, _TRIED_AT_MOST = 10, 1500, 150
_LATER_SHARE = 0.1
# Of the tries of a piece, so many are for its end.
_SHARE_OF_LAST = 1 / 3
# What failed on so many lines of the same shape fails on the others too.
_FAILED_AT_MOST = 8
# The same words with the same numbers in other pieces: evidence enough.
_REPEATED_AT_MOST = 3

# Digits in an expression that are no numbers to match: counts, classes, names of groups.
_NO_NUMBERS = re.compile(r"\{\d*,?\d*\}|\[[^\]]*\]|\(\?P<\w+>")

_Groups = tuple[tuple[str, str], ...]


@dataclass
class _Effort:
    """How often expressions may still be tried in a piece, as a share of what is usual."""

    share: float

    def __post_init__(self) -> None:
        self.each = _TRIED_EACH * self.share
        self.spare = round(_SPARE_TRIES * self.share)
        self.at_most = _TRIED_AT_MOST * self.share

    def allows(self, tried: int, share: float) -> bool:
        """Say whether a sign that was tried so often may be tried again, of its share."""
        if tried < self.each * share:
            return True
        if tried < self.at_most * share and self.spare > 0:
            self.spare -= 1
            return True
        return False


class SignCase:
    """Signs, and what is made of them once to look for them often."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        self.signs = tuple(signs)
        self.needles = NeedleCase(needle for sign in signs for needle in sign.needles)
        self.numbers = {sign.name: _numbers_named(sign) for sign in signs}


class Search:
    """The search for signs in one log, piece by piece, as long as it is wanted.

    `tried_count`: how often an expression was tried, which is what takes time.
    `passed_over_count`: how many places where a needle stands were not looked at, to be in time;
    some of them may say only what others say.
    """

    def __init__(self, case: SignCase, is_wanted: Callable[[], bool]) -> None:
        self.tried_count = 0
        self.passed_over_count = 0
        self._case = case
        self._is_wanted = is_wanted
        self._found: Counter[tuple[str, _Groups]] = Counter()
        # How often each sign failed on lines of a shape, by the hash of that.
        self._failed: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def clues(self, piece: Piece, offset: int = 0) -> Iterator[Clue]:
        """Yield what a piece holds; `offset` counts the characters that came before it."""
        text = folded(piece.text)
        occurrences = Occurrences(self._case.needles, text)
        passages = Passages(piece.text, text)
        effort = _Effort(_LATER_SHARE if offset else 1.0)
        for sign in self._case.signs:
            if not self._is_wanted():
                return
            positions = _merged([occurrences.of(needle) for needle in sign.needles], piece.end)
            numbers, failed = self._case.numbers[sign.name], self._failed[sign.name]
            attempt = _Attempt(sign, numbers, passages, effort, failed)
            attempt.make(positions)
            self.tried_count += attempt.tried_count
            self.passed_over_count += attempt.passed_over_count
            for groups, position in attempt.hits.items():
                if self._found[sign.name, groups] >= _REPEATED_AT_MOST:
                    continue
                self._found[sign.name, groups] += 1
                line, shown = piece.line_at(position), passages.line(position)
                yield Clue(sign.name, line, shown, dict(groups), offset + position)


class _Attempt:
    """The attempt to find one sign in one piece.

    `hits`: what its expression took, and the first position where it took that.
    """

    def __init__(
        self,
        sign: Sign,
        numbers: re.Pattern[bytes] | None,
        passages: Passages,
        effort: _Effort,
        failed: Counter[int],
    ) -> None:
        self.hits: dict[_Groups, int] = {}
        self.passed_over_count = 0
        self._expression = sign.expression
        self._numbers = numbers
        self._passages = passages
        self._effort = effort
        self._tried: set[str] = set()
        self._failed = failed

    @property
    def tried_count(self) -> int:
        return len(self._tried)

    def make(self, positions: Sequence[int]) -> None:
        """Look at the positions, in order, of which there may be too many."""
        if self._expression is None:
            self.hits = {(): positions[0]} if positions else {}
            return
        # The first failure matters most; the last one ended the program.
        done = self._look(self._expression, positions, 1 - _SHARE_OF_LAST)
        rest = positions[done:]
        if rest and not self._is_enough(self._expression):
            looked = self._look(self._expression, rest[::-1], 1)
            self.passed_over_count = len(rest) - looked

    def _look(self, expression: re.Pattern[str], positions: Sequence[int], share: float) -> int:
        """Try the expression at one position after another; return how many were looked at."""
        for count, position in enumerate(positions):
            shape = self._shape(position)
            if self._failed[shape] >= _FAILED_AT_MOST:
                continue
            start, passage = self._passages.around(position)
            # The same words again say the same again.
            if passage in self._tried:
                continue
            if not self._effort.allows(len(self._tried), share):
                return count
            self._tried.add(passage)
            found = match(expression, passage)
            if found is None:
                self._failed[shape] += 1
                continue
            groups, at = tuple(sorted(found[1].items())), start + found[0]
            self.hits[groups] = min(at, self.hits.get(groups, at))
            if self._is_enough(expression):
                return count
        return len(positions)

    def _shape(self, position: int) -> int:
        shape = self._passages.shape(position)
        if self._numbers is None:
            return hash(shape)
        return hash((shape, *self._passages.numbers(position, self._numbers)))

    def _is_enough(self, expression: re.Pattern[str]) -> bool:
        return len(self.hits) >= (_KEPT_AT_MOST if expression.groupindex else 1)


def _numbers_named(sign: Sign) -> re.Pattern[bytes] | None:
    """Return what finds the numbers that an expression asks for; lines of one shape differ there.

    None where it asks for none.
    """
    if sign.expression is None:
        return None
    found = re.findall(r"\d{2,}", _NO_NUMBERS.sub("", sign.expression.pattern))
    if not found:
        return None
    numbers = "|".join(sorted(set(found), key=len, reverse=True))
    return re.compile(rf"(?<![\d.])(?:{numbers})(?![\d.])".encode())


def _merged(found: Iterable[Sequence[int]], end: int) -> Sequence[int]:
    """Return the positions before the end, in order, each once."""
    some = [positions for positions in found if positions]
    if not some:
        return ()
    merged = some[0] if len(some) == 1 else sorted(set().union(*some))
    return merged if merged[-1] < end else [at for at in merged if at < end]
