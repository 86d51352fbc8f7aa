"""From the text of a log, of whatever program, to the causes that it shows.

Pure functions: nothing of this machine enters, since the log may come from another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.areas import SIGNS
from accelgui.diagnosis.logs.blocks import Gap, in_blocks, read_blocks
from accelgui.diagnosis.logs.codes import BENIGN
from accelgui.diagnosis.logs.gist import Ends
from accelgui.diagnosis.logs.reading import is_text, pieces, whole
from accelgui.diagnosis.logs.searching import Search, SignCase
from accelgui.diagnosis.logs.weighing import weigh
from accelgui.model.coverage import Coverage
from accelgui.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from accelgui.diagnosis.logs.signs import Clue

_CASE = SignCase(SIGNS)


@dataclass(frozen=True)
class Explanation:
    """What a log shows: the causes, the likeliest first, and how much of it was read."""

    findings: tuple[Finding, ...]
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def is_harmless(self) -> bool:
        """Whether all that was recognised means nothing."""
        return all(finding.code in BENIGN for finding in self.findings)


def explain(
    log: bytes | str | Iterable[bytes | Gap],
    source: str = "log",
    is_wanted: Callable[[], bool] = lambda: True,
) -> Explanation:
    """Read a log to its end and weigh what it says; `source` names it in the evidence.

    Takes any bytes, in one or in blocks; a str is read as it is. Once `is_wanted` says no, it
    ends with what it has.
    """
    # A file may be called anything, also what moves a terminal's cursor.
    source = "".join(character if character.isprintable() else "?" for character in source)
    found: list[Clue] = []
    blocks = _Counted(log)
    search = Search(_CASE, is_wanted)
    ends = Ends()
    offset = line_count = 0
    for piece in pieces(blocks):
        ends.take(piece)
        found.extend(search.clues(piece, offset))
        if not is_wanted():
            break
        if piece.numbers is None:
            offset += piece.end
            line_count = piece.line_at(max(piece.end - 1, 0))
    coverage = Coverage(
        line_count,
        blocks.read_bytes,
        blocks.total_bytes,
        search.passed_over_count,
        blocks.are_text,
    )
    return Explanation(weigh(_each_once(found), ends.lines(), source), coverage)


class _Counted:
    """The blocks of a log, counted as they pass."""

    def __init__(self, log: bytes | str | Iterable[bytes | Gap]) -> None:
        if isinstance(log, str):
            log = log.encode("utf-8", "replace")
        self._parts = [log] if isinstance(log, bytes) else log
        self.are_text = True
        self.read_bytes = 0
        self.total_bytes: int | None = 0

    def __iter__(self) -> Iterator[bytes | Gap]:
        left_out: int | None = 0
        for block in in_blocks(self._parts):
            if isinstance(block, Gap):
                left_out = None if block.goes_on else block.byte_count
            else:
                self.are_text = is_text(block) if not self.read_bytes else self.are_text
                self.read_bytes += len(block)
            self.total_bytes = None if left_out is None else self.read_bytes + left_out
            yield block


def _each_once(found: list[Clue]) -> list[Clue]:
    """Drop what was found in the lines as they are and as they were before they were wrapped."""
    seen: dict[tuple[object, ...], Clue] = {}
    for clue in found:
        key = (clue.sign, clue.line, tuple(sorted(clue.groups.items())))
        seen.setdefault(key, clue)
    return list(seen.values())


__all__ = ["Coverage", "Explanation", "Gap", "explain", "read_blocks", "whole"]
