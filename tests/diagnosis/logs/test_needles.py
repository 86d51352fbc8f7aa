"""Needles are found in one pass, and all of them."""

from __future__ import annotations

import random
import re

import pytest
from diagnosis.logs.texts import KINDS, NEEDLES
from hypothesis import given
from hypothesis import strategies as st

from accelgui.diagnosis.logs.needles import NeedleCase, Occurrences, folded

_CASE = NeedleCase(NEEDLES)
# Long enough that needles are found by their keys and not one after the other.
_LONG = 1 << 17


def plainly(needle: str, text: bytes) -> list[int]:
    """Where a needle stands, also within itself."""
    return [at.start() for at in re.finditer(b"(?=" + re.escape(needle.encode()) + b")", text)]


@pytest.mark.parametrize("kind", KINDS)
def test_that_each_is_found_wherever_it_stands(kind: str) -> None:
    text = folded(KINDS[kind](_LONG).decode("utf-8", "replace"))
    occurrences = Occurrences(_CASE, text)
    for needle in NEEDLES:
        assert list(occurrences.of(needle)) == plainly(needle, text)


@given(st.lists(st.sampled_from(NEEDLES), max_size=8), st.integers(0, 2**32))
def test_that_none_is_lost_among_noise(hidden: list[str], seed: int) -> None:
    chance = random.Random(seed)
    noise = "".join(chance.choices("etaoin shrdlu0123456789_-./:=\n", k=1 << 16))
    text = folded(noise + "".join(needle.upper() for needle in hidden))
    occurrences = Occurrences(_CASE, text)
    at = len(noise)
    for needle in hidden:
        assert at in occurrences.of(needle)
        at += len(needle)


def test_that_the_first_and_the_last_words_count() -> None:
    text = folded("xid" + " " * _LONG + "xid")
    assert list(Occurrences(_CASE, text).of("xid")) == [0, _LONG + 3]


def test_that_a_short_text_has_the_same_answer() -> None:
    text = "nvidia-smi: libcuda.so.1 and Xid 79\n"
    long = Occurrences(_CASE, folded(text + "-" * _LONG))
    short = Occurrences(_CASE, folded(text))
    for needle in NEEDLES:
        assert list(short.of(needle)) == list(long.of(needle))
