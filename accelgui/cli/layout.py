"""Text in columns of a terminal, where Chinese characters are two wide."""

from __future__ import annotations

import re
import unicodedata

# A break may come at a space, and before or after any wide character but closing punctuation.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_PIECES = re.compile(rf" +|[{_WIDE}][，。；：！？、）】》”’]*|[^ {_WIDE}]+")


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(_columns_of(character) for character in text)


def padded(text: str, width: int) -> str:
    """Return the text filled up with spaces to a width."""
    return text + " " * max(0, width - columns(text))


def wrapped(text: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """Break a text into lines of at most `width` columns, each indented, the first by `first`."""
    lines: list[str] = []
    line = indent if first is None else first
    empty = True
    for piece in _PIECES.findall(" ".join(text.split())):
        if piece.isspace():
            line += "" if empty else piece
            continue
        if not empty and columns(line) + columns(piece) > width:
            lines.append(line.rstrip())
            line, empty = indent, True
        line += piece
        empty = False
    return [*lines, line.rstrip()]


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
