"""The beginning and the end of a log, where programs say what went wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.reading import Piece

_KEPT_CHARACTERS = 1 << 16
_LONGEST_LINE = 1000
_LINES_AT_MOST = 600
_LONGEST_MESSAGE = 700

_NUMBERS = str.maketrans("", "", "0123456789")
# What the driver puts before each line of a message of several.
_DRIVER = re.compile(r"^[^\n]{0,80}?\bNVRM: *")
# Sentences that go on begin with a small letter, and with no name of a setting or a file.
_WRAPS = re.compile(r"^.{40,}[\w,)'\"]$")
_CONTINUED = re.compile(r" *[a-z]{1,14}[ ,][a-z]")


class Ends:
    """Keeps a log's first and last lines while its pieces pass; memory does not grow with it."""

    def __init__(self) -> None:
        self._head = ""
        self._tail = ""
        self._tail_line = 1

    def take(self, piece: Piece) -> None:
        """Add a piece; one whose lines were joined repeats another and is left out."""
        if piece.numbers is not None:
            return
        text = piece.text[: piece.end]
        if len(self._head) < _KEPT_CHARACTERS and not self._tail:
            self._head += text[:_KEPT_CHARACTERS]
            text = text[_KEPT_CHARACTERS:]
            if not text:
                return
        start = max(0, len(text) - _KEPT_CHARACTERS)
        self._tail = text[start:]
        self._tail_line = piece.line_at(piece.end - len(self._tail))

    def lines(self) -> list[tuple[int, str]]:
        """Return the lines with their numbers, each wording once.

        What a message says over several lines is one, with the number of its first.
        """
        seen: set[str] = set()
        kept = []
        for number, line in (*_joined(self._head, 1), *_joined(self._tail, self._tail_line)):
            shape = line.translate(_NUMBERS).strip()
            if shape and shape not in seen:
                seen.add(shape)
                kept.append((number, line[:_LONGEST_LINE]))
        half = _LINES_AT_MOST // 2
        return kept if len(kept) <= _LINES_AT_MOST else [*kept[:half], *kept[-half:]]


def _joined(text: str, first: int) -> Iterator[tuple[int, str]]:
    started = first
    whole = ""
    was_driver = False
    for number, line in enumerate(text.split("\n"), first):
        driver = _DRIVER.search(line)
        wraps = _WRAPS.search(whole) is not None and _CONTINUED.match(line) is not None
        if (wraps or (was_driver and driver)) and len(whole) < _LONGEST_MESSAGE:
            whole += " " + (line[driver.end() :] if driver else line.strip())
            continue
        yield started, whole
        started, whole, was_driver = number, line, driver is not None
    yield started, whole
