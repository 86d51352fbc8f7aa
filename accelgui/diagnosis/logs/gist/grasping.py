"""From the lines of a log that complain to the causes that they speak for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import Candidate
from accelgui.diagnosis.logs.codes import ORDER
from accelgui.diagnosis.logs.gist.causes import ROWS
from accelgui.diagnosis.logs.gist.complaints import (
    ANY,
    COMPLAINTS,
    IN_CASE,
    REMARK,
    SERIOUS,
    WARNING,
)
from accelgui.diagnosis.logs.gist.remarks import HARMLESS
from accelgui.diagnosis.logs.gist.subjects import SUBJECTS
from accelgui.diagnosis.logs.signs import Clue
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from accelgui.diagnosis.logs.gist.causes import Row

_CAUSES_AT_MOST = 4
# Each character costs some hundred expressions.
_CHARACTERS_AT_MOST = 16_000
_EVIDENCE_AT_MOST = 3
_SHOWN_CHARACTERS = 400

_LEAST_WEIGHT = 3.0
# From here on a reading is more than one guess of many.
_LIKELY_WEIGHT = 6.0
_SERIOUS_BONUS = 1.0
# What a row counts of which a part is named in a neighbouring line only.
_NEIGHBOUR_SHARE = 0.6

_ELSEWHERE = sorted({part for row in ROWS for part in row.elsewhere})

# Where in its source a program says something: "dso_loader.cc:64".
_SOURCE = re.compile(r"[\w.]+\.(?:cc|cpp|cu|h|py):\d+")


@dataclass
class _Reading:
    """How much the log speaks for one cause, and the lines that do."""

    weight: float = 0.0
    clues: list[Clue] = field(default_factory=list)


def grasp(lines: Sequence[tuple[int, str]], explained: Iterable[Clue] = ()) -> list[Candidate]:
    """Return the causes that the complaining lines speak for, the likeliest first.

    `lines` are numbered from 1. What is `explained` as harmless is no complaint; beside it, mere
    warnings are none either.
    """
    readings: dict[str, _Reading] = {}
    everywhere = _named("\n".join(text for _, text in lines).lower(), _ELSEWHERE)
    named = cache(lambda index: _named(lines[index][1].lower()))
    for index, complaint in _complaints(lines, list(explained)):
        here = _named(complaint)
        beside = range(max(0, index - 1), min(len(lines), index + 2))
        kinds = {kind for kind, words in COMPLAINTS.items() if words.search(complaint)}
        bonus = _SERIOUS_BONUS if SERIOUS.search(complaint) else 0.0
        near = here.union(*map(named, beside))
        for row in ROWS:
            if weight := _weight(row, here, near, everywhere, kinds):
                reading = readings.setdefault(row.code, _Reading())
                reading.weight = max(reading.weight, weight + bonus)
                number, text = lines[index]
                reading.clues.append(Clue("gist", number, text.strip()[:_SHOWN_CHARACTERS]))
    return list(_candidates(readings))


def _complaints(
    lines: Sequence[tuple[int, str]], explained: list[Clue]
) -> Iterator[tuple[int, str]]:
    """Yield the index and the words, in lower case, of the lines that may complain."""
    numbers = {clue.line for clue in explained}
    sources = {source for clue in explained for source in _SOURCE.findall(clue.text)}
    left = _CHARACTERS_AT_MOST
    for index, (number, text) in enumerate(lines):
        lowered = text.lower()
        if number in numbers or REMARK.search(lowered) or _is_harmless(lowered):
            continue
        if explained and (
            not SERIOUS.search(lowered)
            or WARNING.search(lowered)
            or sources.intersection(_SOURCE.findall(text))
        ):
            continue
        complaint = IN_CASE.sub("", lowered)
        if ANY.search(complaint) and left >= len(complaint):
            left -= len(complaint)
            yield index, complaint


def _is_harmless(lowered: str) -> bool:
    return any(words in lowered for words in HARMLESS)


def _weight(
    row: Row, here: set[str], near: set[str], everywhere: set[str], kinds: set[str]
) -> float:
    if kinds.isdisjoint(row.complaints) or not everywhere.issuperset(row.elsewhere):
        return 0.0
    if here.issuperset(row.parts):
        return float(row.weight)
    if near.issuperset(row.parts) and not here.isdisjoint(row.parts):
        return row.weight * _NEIGHBOUR_SHARE
    return 0.0


def _named(text: str, names: Iterable[str] = tuple(SUBJECTS)) -> set[str]:
    return {name for name in names if SUBJECTS[name].search(text)}


def _candidates(readings: dict[str, _Reading]) -> Iterator[Candidate]:
    heavy = [code for code, reading in readings.items() if reading.weight >= _LEAST_WEIGHT]
    heavy.sort(key=lambda code: (-readings[code].weight, ORDER.index(code)))
    for place, code in enumerate(heavy[:_CAUSES_AT_MOST]):
        reading = readings[code]
        is_likely = reading.weight >= _LIKELY_WEIGHT
        yield Candidate(
            code,
            Confidence.LIKELY if is_likely else Confidence.POSSIBLE,
            tuple(reading.clues[:_EVIDENCE_AT_MOST]),
            place=place,
        )
