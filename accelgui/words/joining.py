"""Sentences, clauses and names put together as each language does it.

Chinese sets no blank between sentences, marks of its own between clauses and between names, and
full-width stops: how texts are joined is for the catalogue to say, as the texts are.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from accelgui.words.translation import _

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENDS = (".", "!", "?", "。", "！", "？")


def sentences(parts: Iterable[str | None]) -> str:
    """Return whole sentences one after the other; empty ones are left out."""
    return _joined(_("{before} {after}"), parts)


def clauses(parts: Iterable[str | None]) -> str:
    """Return parts of one sentence, or words of several sorts: "94.1 %, 1,200 samples/s"."""
    return _joined(_("{before}, {after}"), parts)


def listed(names: Iterable[str | None]) -> str:
    """Return things of one sort: "cuBLAS, cuDNN"."""
    return _joined(_("{names}, {name}"), names, "names", "name")


def sections(parts: Iterable[str | None]) -> str:
    """Return clauses that have commas themselves: "kept in float32; become 0 in float16"."""
    return _joined(_("{before}; {after}"), parts)


def labelled(name: str, text: str) -> str:
    """Return what is said under a name, or why something is so: "GPU 0: hot"."""
    return _("{name}: {value}").format(name=name, value=text)


def remarked(text: str, remark: str) -> str:
    """Return a text with a remark in brackets."""
    return _("{text} ({remark})").format(text=text, remark=remark)


def full_stop(text: str) -> str:
    """Return a text as a sentence that ends; one that does already is left as it is."""
    return text if text.endswith(_ENDS) else _("{sentence}.").format(sentence=text)


def _joined(
    pattern: str, parts: Iterable[str | None], before: str = "before", after: str = "after"
) -> str:
    said = [part for part in parts if part]
    if not said:
        return ""
    return reduce(lambda whole, part: pattern.format(**{before: whole, after: part}), said)
