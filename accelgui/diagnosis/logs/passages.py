"""The words around a place in a log: as an expression reads them, as a person does, by shape."""

from __future__ import annotations

import re

_BEFORE, _AFTER = 400, 700
_SHOWN_CHARACTERS = 400
# A line as long as this has no shape of its own; the words around the place have.
_LONGEST_LINE = 1000
_NEAR_BEFORE, _NEAR_AFTER = 60, 240

# What stands before each line of a message that goes on in the next: the kernel's NVRM, and what
# journals, Docker Compose and Kubernetes write. Each is looked for where its mark is. Blanks of the
# same length take its place, so that positions stay true.
_PREFIXES = tuple(
    (mark, re.compile(expression))
    for mark, expression in (
        ("NVRM", r"\n[^\n]{0,80}?NVRM: ?"),
        (" std", r"\n\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}Z? (?:stdout|stderr) [FP] "),
        (": ", r"\n[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S{1,60} [\w./-]{1,40}(?:\[\d{1,8}\])?: "),
        ("| ", r"\n[\w.-]{1,40} {0,12}\| "),
        ("#012", r"#012(?:NVRM: ?)?"),
    )
)
_BLANKS = re.compile(r" {2,}")
_ESCAPED_QUOTE = re.compile(r"\\+(?=[\"'n])")
_NUMBERS = b"0123456789.-+"


class Passages:
    """Passages of one text, found by position; `folded` is the same text, folded."""

    def __init__(self, text: str, folded: bytes) -> None:
        self._text = text
        self._folded = folded
        self._shapes: dict[int, bytes] = {}

    def around(self, position: int) -> tuple[int, str]:
        """Return where the passage around a position begins, and the passage.

        It begins with the line, if that is not too far.
        """
        start = max(0, position - _BEFORE)
        start = max(start, self._text.rfind("\n", start, position) + 1)
        return start, self._text[start : position + _AFTER]

    def shape(self, position: int) -> bytes:
        """Return the line of a position and the one after it, without their numbers.

        Of most logs the lines differ in nothing but times and counts.
        """
        text = self._text
        newline = text.rfind("\n", max(0, position - _LONGEST_LINE), position)
        if newline < 0 and position >= _LONGEST_LINE:
            return self._shape_near(position)
        start = newline + 1
        if (known := self._shapes.get(start)) is not None:
            return known
        end = text.find("\n", position, start + _LONGEST_LINE)
        if end < 0:
            return self._shape_near(position)
        after = text.find("\n", end + 1, end + _LONGEST_LINE)
        whole = self._folded[start : after if after > 0 else end]
        shape = self._shapes[start] = whole.translate(None, _NUMBERS)
        return shape

    def numbers(self, position: int, named: re.Pattern[bytes]) -> tuple[bytes, ...]:
        """Return which of some numbers stand around a position."""
        near = self._folded[max(0, position - _NEAR_BEFORE) : position + _NEAR_AFTER]
        return tuple(named.findall(near))

    def _shape_near(self, position: int) -> bytes:
        near = self._folded[max(0, position - _NEAR_BEFORE) : position + _NEAR_AFTER]
        return near.translate(None, _NUMBERS)

    def line(self, position: int) -> str:
        """Return the line of a position, of a line without end the part that speaks."""
        text = self._text
        start = text.rfind("\n", 0, position) + 1
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        if end - start <= _SHOWN_CHARACTERS:
            return text[start:end].strip()
        start = max(start, min(position - 40, end - _SHOWN_CHARACTERS))
        return text[start : start + _SHOWN_CHARACTERS].strip() + "…"


def match(expression: re.Pattern[str], passage: str) -> tuple[int, dict[str, str]] | None:
    """Return where in a passage an expression matches, and the groups that took something.

    A message that goes on over lines is read as one line, and a run of blanks as one: tables
    are full of blanks, and expressions of " *".
    """
    line = _as_one_line(passage)
    squeezed = _BLANKS.sub(" ", line) if "  " in line else line
    found = expression.search(squeezed)
    if found is None:
        return None
    groups = {name: taken for name, taken in found.groupdict().items() if taken}
    return _unsqueezed(line, found.start()), groups


def _as_one_line(passage: str) -> str:
    if "\n" in passage or "#012" in passage:
        for mark, prefix in _PREFIXES:
            if mark in passage:
                passage = prefix.sub(_blank, passage)
        passage = passage.replace("\n", " ")
    if "\\" in passage:
        passage = _ESCAPED_QUOTE.sub(_blank, passage)
    return passage


def _unsqueezed(line: str, position: int) -> int:
    """Return where a position of the squeezed line is in the line itself."""
    for run in _BLANKS.finditer(line):
        if run.start() >= position:
            break
        position += len(run[0]) - 1
    return position


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
