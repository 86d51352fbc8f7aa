"""Several processes stop, wait and report after the same step."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from accelgui.agent.workloads.training.distributed.agreement import Agreement
from accelgui.agent.workloads.training.meter import Interrupted, Meter
from accelgui.agent.workloads.training.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.events import Event

PLAN = Plan(train_samples=1000, batch_size=10, epochs=3)


class Stop:
    """What a process was asked to do."""

    def __init__(self, *, is_stopping: bool = False, is_paused: bool = False) -> None:
        self.is_stopping = is_stopping
        self.is_paused = is_paused

    def is_set(self) -> bool:
        return self.is_stopping

    def stop(self) -> None:
        self.is_stopping = True


class Sum:
    """Adds up what two threads bring, in turn after turn."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2, timeout=10)
        self.brought: dict[int, Sequence[float]] = {}

    def exchange(self, rank: int, values: Sequence[float]) -> list[float]:
        self.brought[rank] = values
        self.barrier.wait()
        sums = [sum(pair) for pair in zip(*self.brought.values(), strict=True)]
        self.barrier.wait()
        return sums


class Process:
    """A process that trains 300 steps, or fewer."""

    def __init__(self, rank: int, sums: Sum, stop: Stop) -> None:
        self.stop = stop
        self.events: list[Event] = []
        self.meter = Meter(PLAN, self.events.append)
        self.read_at: list[int] = []
        self.agreement = Agreement(
            self.meter, stop, lambda values: sums.exchange(rank, values), rank == 0
        )
        self.stop_at: int | None = None
        self.thread = threading.Thread(target=self._train)

    def _train(self) -> None:
        self.meter.start()
        try:
            for _ in range(PLAN.epochs):
                self.meter.begin_epoch()
                for _ in range(PLAN.steps_per_epoch):
                    if self.meter.step == self.stop_at:
                        self.stop.is_stopping = True
                    self.agreement.after_step(self._read)
                self.meter.end_epoch(1.0, 0.5)
        except Interrupted:
            pass

    def _read(self) -> tuple[float, float]:
        self.read_at.append(self.meter.step)
        return 1.0, 0.5


def train(first: Stop, second: Stop, stop_second_at: int | None = None) -> list[Process]:
    sums = Sum()
    processes = [Process(rank, sums, stop) for rank, stop in enumerate((first, second))]
    processes[1].stop_at = stop_second_at
    for process in processes:
        process.thread.start()
    for process in processes:
        process.thread.join()
    return processes


def test_that_all_report_after_the_same_steps_and_at_each_end_of_an_epoch() -> None:
    first, second = train(Stop(), Stop())
    assert first.read_at == second.read_at
    assert {1, 100, 200, 300} <= set(first.read_at)
    assert first.meter.step == second.meter.step == 300


def test_that_one_who_is_to_stop_stops_all_after_the_same_step() -> None:
    first, second = train(Stop(), Stop(), stop_second_at=120)
    assert 120 < first.meter.step == second.meter.step <= 200
    assert first.stop.is_stopping


def test_that_meetings_become_rare_where_steps_are_fast() -> None:
    first, _ = train(Stop(), Stop())
    assert len(first.read_at) < 100


def test_that_all_wait_while_one_is_paused() -> None:
    paused = Stop(is_paused=True)
    over = threading.Timer(0.5, lambda: setattr(paused, "is_paused", False))
    over.start()
    first, second = train(paused, Stop())
    over.join()
    assert first.meter.step == second.meter.step == 300
    # The pause is no part of what is measured.
    assert first.meter.done(stopped=False).elapsed_s < 0.5


def test_that_a_process_alone_asks_nobody() -> None:
    meter = Meter(PLAN, lambda _event: None)
    stop = Stop()
    agreement = Agreement(meter, stop)
    meter.start()
    meter.begin_epoch()
    agreement.after_step(lambda: (1.0, 0.5))
    stop.is_stopping = True
    with pytest.raises(Interrupted):
        agreement.after_step(lambda: (1.0, 0.5))
    assert meter.step == 2
