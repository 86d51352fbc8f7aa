"""From bytes of any kind to text in pieces, with the numbers of its lines.

Nothing here fails: what is no text is read as far as it goes.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.blocks import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A message with its neighbours is far shorter; what ends closer to the end of a piece waits for
# the next one.
_HELD_BACK = 4096
# A line without end is cut here, so that a piece never grows with it.
_LONGEST_WAIT = 1 << 16

_SAMPLE_BYTES = 1 << 14
# A core dump or a photograph is strange to a third and more; a log in Latin-1 to a twentieth.
_STRANGE_AT_MOST = 0.2
_CLEANED_AT_ONCE = 1 << 18
_END = Gap()

# Lines are counted in stretches of so many characters.
_STRETCH = 1 << 15

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Colours and cursor movements (ECMA-48), and titles of windows.
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,512}(?:\x07)?)")
# Control characters old and new, and those that turn the direction of writing or have no width.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+"
)
# What word processors, chats and web pages make of plain characters.
_PLAIN = {"'": "‘’‚‛′`´", '"': "“”„‟″", " ": "\u00a0\u2007\u202f\t"}

_UNWRAPPED_AT_MOST = 1 << 21
_NARROWEST_TERMINAL, _WIDEST_TERMINAL = 60, 250
_FULL_LINES = 3
# A line that starts so is no continuation of the one before.
_BEGINNING = re.compile(
    r"\s*(?:\d{4}-\d\d-\d\d|\d\d:\d\d|[A-Z][a-z]{2} +\d+ |\[|[IWEF]\d{4} |WARNING|INFO|ERROR|"
    r"Traceback|\||\+[-=]|>>>|File \"|$)"
)


@dataclass(frozen=True)
class Piece:
    """A part of a log; a message that starts before `end` is in it as a whole."""

    text: str
    first_line: int
    end: int
    # Of a piece whose hard-wrapped lines were joined: the number of the line behind each break.
    numbers: tuple[int, ...] | None = None
    # How many lines end before each stretch of the text, as far as they were counted.
    _counts: list[int] = field(default_factory=lambda: [0], compare=False, repr=False)

    def line_at(self, position: int) -> int:
        """Return the number of the line at a position, from 1."""
        stretch = min(position, len(self.text)) // _STRETCH
        for known in range(len(self._counts) - 1, stretch):
            start = known * _STRETCH
            count = self.text.count("\n", start, start + _STRETCH)
            self._counts.append(self._counts[-1] + count)
        index = self._counts[stretch] + self.text.count("\n", stretch * _STRETCH, position)
        if self.numbers is not None:
            return self.numbers[min(index, len(self.numbers) - 1)]
        return self.first_line + index


def pieces(blocks: Iterable[bytes | Gap]) -> Iterator[Piece]:
    """Yield a log piece by piece; memory does not grow with it."""
    held, first_line = "", 1
    for text, gap in _decoded(blocks):
        buffer = held + text
        # What stands before a gap, or at the end, has nothing to wait for.
        cut = len(buffer) if gap else _cut(buffer)
        if cut == 0 and not gap:
            held = buffer
            continue
        cleaned, end = _cleaned(buffer, cut)
        if gap is _END and first_line == 1 and (joined := _unwrapped(cleaned)):
            yield joined
        yield Piece(cleaned, first_line, end)
        first_line += buffer.count("\n", 0, cut) + (gap.line_count if gap else 0)
        held = buffer[cut:]


def whole(data: bytes) -> str:
    """Return a short log as it is read, to be shown: its lines have the numbers of evidence."""
    return "".join(_clean(text) for text, _gap in _decoded([data]))


def is_text(head: bytes) -> bool:
    """Say whether the first bytes of a log read as text, of whatever language and encoding."""
    sample = head[:_SAMPLE_BYTES]
    decoder = codecs.getincrementaldecoder(_encoding(sample))(errors="replace")
    text = _ESCAPES.sub("", decoder.decode(sample))
    strange = text.count("\ufffd") + sum(map(len, _UNSEEN.findall(text)))
    return strange <= _STRANGE_AT_MOST * len(text)


def _decoded(blocks: Iterable[bytes | Gap]) -> Iterator[tuple[str, Gap | None]]:
    """Yield the text of each block and what follows it: a gap, the end, or None for more."""
    decoder = None
    waiting: str | None = None
    for block in blocks:
        if isinstance(block, Gap):
            yield waiting or "", block
            waiting = None
            continue
        decoder = decoder or codecs.getincrementaldecoder(_encoding(block))(errors="replace")
        if waiting is not None:
            yield waiting, None
        waiting = decoder.decode(block)
    last = decoder.decode(b"", final=True) if decoder else ""
    yield (waiting or "") + last, _END


def _encoding(head: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    # Windows shells write UTF-16, at times without its mark: every other byte is then 0.
    sample = head[:4096]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > half * 0.7 and sample[0::2].count(0) < half * 0.3:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.7 and sample[1::2].count(0) < half * 0.3:
        return "utf-16-be"
    return "utf-8"


def _cut(buffer: str) -> int:
    """Return up to where a buffer can be told now: the end of a line, or of too long a wait."""
    limit = len(buffer) - _HELD_BACK
    if limit <= 0:
        return 0
    at = buffer.rfind("\n", 0, limit) + 1
    return at if at or len(buffer) < _LONGEST_WAIT else limit


def _cleaned(buffer: str, cut: int) -> tuple[str, int]:
    head, tail = _clean(buffer[:cut]), _clean(buffer[cut:])
    return head + tail, len(head)


def _clean(text: str) -> str:
    """Return text without what is not to be seen, in steps that leave time to other threads."""
    parts, start = [], 0
    while start < len(text):
        # Not between the two characters of a line's end.
        end = text.find("\n", start + _CLEANED_AT_ONCE) + 1 or len(text)
        end = min(end, start + 2 * _CLEANED_AT_ONCE)
        parts.append(_clean_part(text[start:end]))
        start = end
    return "".join(parts)


def _clean_part(text: str) -> str:
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\r" in text:
        # Progress bars write over their own line; each state reads as words of its own.
        text = text.replace("\r\n", "\n").replace("\r", "    ")
    text = _UNSEEN.sub("", text)
    for plain, others in _PLAIN.items():
        for other in others:
            text = text.replace(other, plain)
    return text


def _unwrapped(text: str) -> Piece | None:
    """Join lines that a terminal broke at its width, mid-word; None where none did."""
    if len(text) > _UNWRAPPED_AT_MOST:
        return None
    lines = text.split("\n")
    width = _terminal_width(lines)
    if width is None:
        return None
    joined, numbers, is_open = [lines[0]], [1], len(lines[0]) == width
    for number, line in enumerate(lines[1:], 2):
        if is_open and not _BEGINNING.match(line):
            joined[-1] += line
        else:
            joined.append(line)
            numbers.append(number)
        is_open = len(line) == width
    whole = "\n".join(joined)
    return Piece(whole, 1, len(whole), tuple(numbers))


def _terminal_width(lines: list[str]) -> int | None:
    longest = max(len(line) for line in lines)
    if not _NARROWEST_TERMINAL <= longest <= _WIDEST_TERMINAL:
        return None
    return longest if Counter(map(len, lines))[longest] >= _FULL_LINES else None
