"""Where some hundreds of needles stand in a large text, found out quickly.

Looking for one needle after another reads the text some hundred times. Here it is read once: each
four characters of it make a number, a table says whether a needle may stand there, and only those
places are looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_GRAM_LENGTH = 4
_CLASS_BITS = 5
# Below this, one search after another is as quick as the table is filled.
_SMALL = 1 << 16
# So many places are looked at one by one as quickly as all at once.
_FEW = 400

# Letters in the order of how often English uses them; what is rare in a needle is its key. Logs
# are full of numbers.
_USUAL = "0 etaoinsrhldcumfpgwybvkxjqz"
_OTHERS_RARITY = 5


def _classes() -> bytes:
    """Return a class below 32 for each byte; upper and lower case share one, as digits do."""
    table = bytearray(256)
    for letter in range(26):
        table[ord("a") + letter] = table[ord("A") + letter] = letter + 1
    for place, others in enumerate(("0123456789", " \n", "_-", "./", ":=")):
        for character in others:
            table[ord(character)] = 27 + place
    return bytes(table)


_CLASSES = _classes()


def folded(text: str) -> bytes:
    """Return a text of the same length to look for needles in, lower case, on one line."""
    return text.encode("ascii", "replace").lower().replace(b"\n", b" ")


class NeedleCase:
    """A set of needles, lower case."""

    def __init__(self, needles: Iterable[str]) -> None:
        self.keys = {needle: _key(needle) for needle in map(str.encode, set(needles))}
        # Small numbers of keys are sorted far quicker than the keys themselves; 0 is none.
        self.numbers = np.zeros(1 << _GRAM_LENGTH * _CLASS_BITS, dtype=np.uint16)
        grams = sorted({gram for _, each in self.keys.values() for gram in each})
        self.numbers[grams] = np.arange(1, len(grams) + 1)


class Occurrences:
    """Where the needles of a case stand in one folded text."""

    def __init__(self, case: NeedleCase, text: bytes) -> None:
        self._case = case
        self._text = text
        self._bytes = np.frombuffer(text, dtype=np.uint8)
        self._known: dict[bytes, list[int]] = {}
        self._places: dict[int, NDArray[np.int64]] | None = None

    def of(self, needle: str) -> Sequence[int]:
        """Return all positions of a needle of the case, the first ones first."""
        wanted = needle.encode()
        found = self._known.get(wanted)
        if found is None:
            small = len(self._text) <= _SMALL
            found = _each(wanted, self._text) if small else self._among_places(wanted)
            self._known[wanted] = found
        return found

    def _among_places(self, needle: bytes) -> list[int]:
        if self._places is None:
            self._places = _places(self._text, self._case.numbers)
        offset, grams = self._case.keys[needle]
        numbers = self._case.numbers[list(grams)].tolist()
        parts = [self._places[number] for number in numbers if number in self._places]
        if not parts:
            return []
        starts = (parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))) - offset
        starts = starts[(starts >= 0) & (starts <= len(self._text) - len(needle))]
        for place, byte in enumerate(needle):
            if len(starts) <= _FEW:
                break
            starts = starts[self._bytes[starts + place] == byte]
        stands = self._text.startswith
        return [at for at in starts.tolist() if stands(needle, at)]


def _each(needle: bytes, text: bytes) -> list[int]:
    found, at = [], text.find(needle)
    while at >= 0:
        found.append(at)
        at = text.find(needle, at + len(needle))
    return found


def _key(needle: bytes) -> tuple[int, tuple[int, ...]]:
    """Return where in a needle its rarest four characters stand, and their number.

    A shorter needle has a number for all that may follow.
    """
    classes = needle.translate(_CLASSES)
    if missing := max(0, _GRAM_LENGTH - len(needle)):
        first = _number(classes + bytes(missing))
        return 0, tuple(range(first, first + (1 << missing * _CLASS_BITS)))
    starts = range(len(needle) - _GRAM_LENGTH + 1)
    rarity = {start: _rarity(needle[start : start + _GRAM_LENGTH]) for start in starts}
    start = max(starts, key=lambda at: rarity[at])
    return start, (_number(classes[start : start + _GRAM_LENGTH]),)


def _rarity(part: bytes) -> int:
    characters = re.sub(r"[1-9]", "0", part.decode())
    return sum(_USUAL.find(one) if one in _USUAL else _OTHERS_RARITY for one in characters)


def _number(classes: bytes) -> int:
    number = 0
    for value in classes[:_GRAM_LENGTH]:
        number = number << _CLASS_BITS | value
    return number


def _places(text: bytes, keys: NDArray[np.uint16]) -> dict[int, NDArray[np.int64]]:
    """Return the positions of every four characters that are some needle's key, by its number."""
    classes = np.frombuffer(text.translate(_CLASSES) + bytes(_GRAM_LENGTH - 1), dtype=np.uint8)
    wide = classes.astype(np.uint16)
    pairs = wide[:-1] << _CLASS_BITS | wide[1:]
    numbers = keys[pairs[:-2].astype(np.uint32) << 2 * _CLASS_BITS | pairs[2:]]
    positions = np.flatnonzero(numbers)
    found = numbers[positions]
    order = np.argsort(found, kind="stable")
    distinct, firsts = np.unique(found[order], return_index=True)
    # With nothing found, the one empty part that a split leaves has no number.
    return dict(zip(distinct.tolist(), np.split(positions[order], firsts[1:]), strict=False))
