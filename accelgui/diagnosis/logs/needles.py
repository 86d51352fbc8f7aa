"""Where some hundreds of needles stand in a large text, found out quickly.

Looking for one needle after another reads the text some hundred times. Here it is read once: each
four characters of it make a number, a table says whether a needle may stand there, and only those
places are looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_GRAM_LENGTH = 4
_CLASS_BITS = 5
# Below this, one search after another is as quick as the table is filled.
_SMALL = 1 << 16
# So many places are looked at one by one as quickly as all at once.
_FEW = 40
# Parts are told apart by how many needles have them in steps of so many.
_SHARED_BY_MANY = 2

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


class _Key(NamedTuple):
    """What a needle is found by: four characters of it, or all that begin with a shorter one."""

    offset: int
    grams: tuple[int, ...]


class NeedleCase:
    """A set of needles, lower case."""

    def __init__(self, needles: Iterable[str]) -> None:
        wanted = sorted(map(str.encode, set(needles)))
        shared = Counter(gram for needle in wanted for gram in set(_grams(needle)))
        keys = {needle: _key(needle, shared) for needle in wanted}
        # Small numbers of keys are sorted far quicker than the keys themselves; 0 is none.
        grams = sorted({gram for key in keys.values() for gram in key.grams})
        small = {gram: number for number, gram in enumerate(grams, 1)}
        self.table = np.zeros(1 << _GRAM_LENGTH * _CLASS_BITS, dtype=np.uint16)
        self.table[grams] = np.arange(1, len(grams) + 1)
        self.keys = {
            needle: _Key(key.offset, tuple(small[gram] for gram in key.grams))
            for needle, key in keys.items()
        }


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
            self._places = _places(self._text, self._case.table)
        offset, numbers = self._case.keys[needle]
        parts = [self._places[number] for number in numbers if number in self._places]
        if not parts:
            return []
        starts = (parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))) - offset
        starts = starts[(starts >= 0) & (starts <= len(self._text) - len(needle))]
        for place, byte in enumerate(needle):
            if len(starts) <= _FEW:
                stands = self._text.startswith
                return [at for at in starts.tolist() if stands(needle, at)]
            starts = starts[self._bytes[starts + place] == byte]
        found: list[int] = starts.tolist()
        return found


def _each(needle: bytes, text: bytes) -> list[int]:
    found, at = [], text.find(needle)
    while at >= 0:
        found.append(at)
        at = text.find(needle, at + len(needle))
    return found


def _key(needle: bytes, shared: Mapping[int, int]) -> _Key:
    """Return the part of a needle that the fewest others have, and then the rarest one."""
    if missing := max(0, _GRAM_LENGTH - len(needle)):
        first = _number(needle.translate(_CLASSES) + bytes(missing))
        return _Key(0, tuple(range(first, first + (1 << missing * _CLASS_BITS))))
    grams = _grams(needle)
    start = min(
        range(len(grams)),
        key=lambda at: (shared[grams[at]] // _SHARED_BY_MANY, -_rarity(needle, at)),
    )
    return _Key(start, (grams[start],))


def _grams(needle: bytes) -> list[int]:
    classes = needle.translate(_CLASSES)
    return [_number(classes[at:]) for at in range(len(needle) - _GRAM_LENGTH + 1)]


def _rarity(needle: bytes, start: int) -> int:
    characters = re.sub(r"[1-9]", "0", needle[start : start + _GRAM_LENGTH].decode())
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
