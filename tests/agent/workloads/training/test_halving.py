"""The largest batch that fits is found in few attempts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accelgui.agent.workloads.training.halving import Halving

BATCHES = st.integers(min_value=2, max_value=1 << 20)


def search(fails: int, room: int) -> tuple[Halving, list[int]]:
    """Let a search run its course where batches up to `room` fit."""
    halving, tried = Halving(fails), []
    while (batch_size := halving.next) is not None:
        assert halving.attempts_left >= 1
        tried.append(batch_size)
        halving.note(batch_size, fits=batch_size <= room)
    return halving, tried


def test_that_it_halves_until_one_fits_and_then_refines() -> None:
    halving, tried = search(1024, room=300)
    assert tried == [512, 256, 384, 320, 288]
    assert (halving.fits, halving.fails) == (288, 320)


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_that_small_batches_come_to_an_end(fails: int) -> None:
    halving, tried = search(fails, room=0)
    assert halving.fits is None
    assert halving.fails == 1
    assert tried[-1:] == ([1] if fails > 1 else [])


@given(BATCHES, st.integers(min_value=0, max_value=1 << 20))
def test_that_the_answer_fits_and_is_close_to_the_best(fails: int, room: int) -> None:
    halving, tried = search(fails, min(room, fails - 1))
    best = min(room, fails - 1)
    assert len(tried) <= math.log2(fails) + 4
    if best:
        assert halving.fits is not None
        assert halving.fits <= best < halving.fits + max(1, halving.fits // 8) + 1
    else:
        assert halving.fits is None


@given(BATCHES, BATCHES)
def test_that_no_more_attempts_follow_than_were_announced(fails: int, room: int) -> None:
    _, tried = search(fails, room % fails)
    assert len(tried) <= Halving(fails).attempts_left + 1
