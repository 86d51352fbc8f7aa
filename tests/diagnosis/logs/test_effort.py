"""How much work a log makes, counted: what is tried does not grow with what is repeated."""

from __future__ import annotations

import pytest
from diagnosis.logs.texts import KINDS

from accelgui.diagnosis.logs import explain
from accelgui.diagnosis.logs.areas import SIGNS
from accelgui.diagnosis.logs.blocks import BLOCK_BYTES, in_blocks
from accelgui.diagnosis.logs.reading import pieces
from accelgui.diagnosis.logs.searching import Search, SignCase

_CASE = SignCase(SIGNS)
_PIECES = 4
_PIECE_BYTES = _PIECES * BLOCK_BYTES
# At 30 to 60 µs a try, well below a second for each 10 MB.
_TRIED_AT_MOST = 6500 + (_PIECES - 1) * 800

_NEEDLES_EVERYWHERE = {"endless needles", "needles in lines", "many machines' logs"}
_USUAL = {"training", "colours", "UTF-16", "one endless line", "progress bars", "other scripts"}


def searched(data: bytes) -> Search:
    search = Search(_CASE, lambda: True)
    offset = 0
    for piece in pieces(in_blocks([data])):
        for _clue in search.clues(piece, offset):
            pass
        offset += piece.end
    return search


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_piece_of_any_kind_makes_only_so_much_work(kind: str) -> None:
    search = searched(KINDS[kind](_PIECE_BYTES))
    assert search.tried_count <= _TRIED_AT_MOST
    if kind in _NEEDLES_EVERYWHERE:
        assert search.passed_over_count > 0
    if kind in _USUAL:
        assert search.passed_over_count == 0


@pytest.mark.parametrize("kind", ["training", "colours", "one endless line", "progress bars"])
def test_that_lines_which_differ_in_numbers_make_no_more_work(kind: str) -> None:
    one, four = (searched(KINDS[kind](size)) for size in (_PIECE_BYTES // 4, _PIECE_BYTES))
    assert four.tried_count <= 1.2 * one.tried_count + 20


def test_that_the_numbers_which_an_expression_asks_for_are_told_apart() -> None:
    lines = [f"CUDA error {600 + number % 90}: see the manual\n" for number in range(5000)]
    lines[3000] = "CUDA error 802: see the manual\n"
    explained = explain("".join(lines))
    assert explained.findings[0].code == "fabric_manager_not_running"
    assert explained.findings[0].evidence[0].line == 3001


def test_that_the_last_of_many_passages_is_looked_at() -> None:
    # No two lines alike, in letters either.
    words = (
        "".join(chr(97 + (number >> shift) % 16) for shift in (0, 4, 8, 12))
        for number in range(20_000)
    )
    text = "".join(f"{word} NVRM: Xid about {word}\n" for word in words)
    last = "NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.\n"
    explained = explain(text + last)
    assert explained.findings[0].code == "gpu_fell_off_bus"
    assert explained.coverage.passed_over_count > 10_000


def test_that_it_ends_when_it_is_no_longer_wanted() -> None:
    asked = iter([True] * 5)
    explained = explain(
        KINDS["needles in lines"](_PIECE_BYTES * 3), "x", lambda: next(asked, False)
    )
    assert explained.coverage.read_bytes < _PIECE_BYTES * 3
