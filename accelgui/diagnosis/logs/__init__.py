"""From the text of a log, of whatever program, to the causes that it shows.

Pure functions: nothing of this machine enters, since the log may come from another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.areas import SIGNS
from accelgui.diagnosis.logs.codes import BENIGN
from accelgui.diagnosis.logs.reading import pieces
from accelgui.diagnosis.logs.searching import Search, SignCase
from accelgui.diagnosis.logs.weighing import weigh
from accelgui.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accelgui.diagnosis.logs.signs import Clue


_BLOCK_BYTES = 1 << 22

_CASE = SignCase(SIGNS)


@dataclass(frozen=True)
class Explanation:
    """What a log shows: the causes, the likeliest first, and how much of it was read."""

    findings: tuple[Finding, ...]
    line_count: int = 0
    # How often a sign was looked for no further, of text that is full of its words.
    skipped_count: int = 0

    @property
    def is_harmless(self) -> bool:
        """Whether all that was recognised means nothing."""
        return all(finding.code in BENIGN for finding in self.findings)


def explain(log: bytes | str | Iterable[bytes], source: str = "log") -> Explanation:
    """Read a log to its end and weigh what it says; `source` names it in the evidence.

    Takes any bytes, in one or in blocks; a str is read as it is.
    """
    found: list[Clue] = []
    search = Search(_CASE)
    offset = line_count = 0
    for piece in pieces(_blocks(log)):
        found.extend(search.clues(piece, offset))
        if piece.numbers is None:
            offset += piece.end
            line_count = piece.line_at(max(piece.end - 1, 0))
    return Explanation(weigh(_each_once(found), source), line_count, search.skipped_count)


def _blocks(log: bytes | str | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(log, str):
        log = log.encode("utf-8", "replace")
    if not isinstance(log, bytes):
        yield from log
        return
    for start in range(0, len(log), _BLOCK_BYTES):
        yield log[start : start + _BLOCK_BYTES]


def _each_once(found: list[Clue]) -> list[Clue]:
    """Drop what was found in the lines as they are and as they were before they were wrapped."""
    seen: dict[tuple[object, ...], Clue] = {}
    for clue in found:
        key = (clue.sign, clue.line, tuple(sorted(clue.groups.items())))
        seen.setdefault(key, clue)
    return list(seen.values())


__all__ = ["Explanation", "explain"]
