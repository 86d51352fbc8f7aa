"""Which of some hundreds of needles a large text holds, found out quickly."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEM_LENGTH = 4

# Numbers differ in every line of a log; with all digits alike most lines are the same few.
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")


def folded(text: str) -> bytes:
    """Return a text of the same length to look for needles in, lower case, on one line."""
    return text.encode("ascii", "replace").lower().replace(b"\n", b" ")


class NeedleCase:
    """A set of needles, each filed under a short part of it that others share."""

    def __init__(self, needles: Iterable[str]) -> None:
        self._by_stem = _filed({needle.encode().translate(_DIGITS_ALIKE) for needle in needles})

    def present(self, text: str) -> frozenset[bytes]:
        """Return the needles that are in a text, or may be but for their digits."""
        lines = text.encode("ascii", "replace").lower().translate(_DIGITS_ALIKE).split(b"\n")
        distinct = b" ".join(dict.fromkeys(lines))
        if len(distinct) > 0.5 * len(text):
            # Lines that differ may be one sentence in two; in order, they stay together.
            distinct = b" ".join(lines)
        return frozenset(
            needle
            for stem, needles in self._by_stem.items()
            if stem in distinct
            for needle in needles
            if needle in distinct
        )

    @staticmethod
    def key(needle: str) -> bytes:
        """Return what `present` calls a needle."""
        return needle.encode().translate(_DIGITS_ALIKE)


def _filed(needles: set[bytes]) -> dict[bytes, list[bytes]]:
    """File needles under as few stems as a greedy choice finds."""
    parts: dict[bytes, set[bytes]] = defaultdict(set)
    for needle in needles:
        for start in range(max(1, len(needle) - _STEM_LENGTH + 1)):
            parts[needle[start : start + _STEM_LENGTH]].add(needle)
    filed: dict[bytes, list[bytes]] = {}
    left = set(needles)
    while left:
        stem = max(sorted(parts), key=lambda part: len(parts[part] & left))
        filed[stem] = sorted(parts.pop(stem) & left)
        left.difference_update(filed[stem])
    return filed
