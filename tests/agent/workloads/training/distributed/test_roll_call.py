"""Who is gone is found out by who no longer counts."""

from __future__ import annotations

import threading

from accelgui.agent.workloads.training.distributed.roll_call import RollCall


class Board:
    """Counts in memory."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.is_lost = False

    def count_up(self, rank: int) -> None:
        if self.is_lost:
            raise ConnectionError
        self.counts[rank] = self.counts.get(rank, 0) + 1

    def count_of(self, rank: int) -> int:
        if self.is_lost:
            raise ConnectionError
        return self.counts.get(rank, 0)


def begun(board: Board, rank: int, silent: list[int]) -> RollCall:
    made = RollCall(board, rank, 3, silent.append)
    made.begin()
    return made


def test_that_who_stopped_counting_is_missing_and_who_counts_is_not() -> None:
    board = Board()
    calls = [begun(board, rank, []) for rank in range(3)]
    try:
        calls[2].end()
        assert calls[0].missing() == [2]
        assert calls[1].missing() == [2]
    finally:
        for call in calls:
            call.end()


def test_that_the_first_is_missing_where_the_board_went_with_it() -> None:
    board = Board()
    call = begun(board, 1, [])
    try:
        board.is_lost = True
        assert call.missing() == [0]
    finally:
        call.end()


def test_that_silence_is_told_without_being_asked_for() -> None:
    told = threading.Event()
    call = RollCall(Board(), 0, 2, lambda _rank: told.set(), silence_s=0.6)
    call.begin()
    assert told.wait(5)
    call.end()


def test_that_nobody_is_missed_when_the_work_is_done() -> None:
    board = Board()
    silent: list[int] = []
    call = begun(board, 1, silent)
    call.end()
    assert call.missing() == []
    assert silent == []
