"""What is told of a run adds up to the run, at a pace that is bearable, timed as promised."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from accelgui.agent.workloads.training.meter import INTERVAL_S, Interrupted, Meter
from accelgui.agent.workloads.training.plan import Plan
from accelgui.model.events import EpochDone, Progress, TrainingProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.events import Event

COMPILATION_S = 7.0
VALIDATION_S = 3.0


class Rehearsal:
    """A training run of made-up losses on a clock of its own."""

    def __init__(self, plan: Plan, step_s: float) -> None:
        self.now_s = 100.0
        self.events: list[Event] = []
        self.epoch_losses: list[float] = []
        self.readings = 0
        self.meter = Meter(plan, self.events.append, clock=lambda: self.now_s)
        self.meter.start()
        self._plan = plan
        self._step_s = step_s
        self._shapes: set[int] = set()
        self.pause_s = 0.0

    def train(self, loss_of_step: Callable[[int], float] = lambda step: 1 / step) -> None:
        for _ in range(self._plan.epochs):
            self._train_epoch(loss_of_step)
            self.now_s += VALIDATION_S
            self.meter.end_epoch(0.5, 0.75)
        self.meter.flush()

    def _train_epoch(self, loss_of_step: Callable[[int], float]) -> None:
        self.meter.begin_epoch()
        total, seen, left = 0.0, 0, self._plan.train_samples
        while left:
            batch = min(left, self._plan.batch_size)
            has_new_shape = batch not in self._shapes
            self._shapes.add(batch)
            if has_new_shape and self.meter.step:
                self.now_s += self.pause_s
                self.meter.leave_out(self.pause_s)
            self.now_s += COMPILATION_S if has_new_shape else self._step_s
            self.meter.step += 1
            total += batch * loss_of_step(self.meter.step)
            seen, left = seen + batch, left - batch
            if self.meter.due():
                self.readings += 1
                self.meter.take(total / seen, accuracy=0.25)
        self.epoch_losses.append(total / seen)

    def reports(self) -> list[TrainingProgress]:
        return [event for event in self.events if isinstance(event, TrainingProgress)]


PLANS = [
    Plan(train_samples=1000, batch_size=32, epochs=3),
    Plan(train_samples=64, batch_size=64, epochs=40),
    Plan(train_samples=65, batch_size=64, epochs=5),
    Plan(train_samples=7, batch_size=1, epochs=30),
]


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("step_s", [0.0007, 0.03, 0.4])
def test_that_intervals_add_up_to_the_epochs(plan: Plan, step_s: float) -> None:
    run = Rehearsal(plan, step_s)
    run.train()
    total, told = 0.0, 0
    for report in run.reports():
        samples = plan.samples_after(report.step) - told
        total, told = total + samples * report.loss, told + samples
        assert report.accuracy == pytest.approx(0.25)
    assert told == plan.epochs * plan.train_samples
    assert total == pytest.approx(plan.train_samples * sum(run.epoch_losses))


@pytest.mark.parametrize("step_s", [0.0007, 0.03, 0.4])
def test_that_the_first_step_and_validation_are_not_timed(step_s: float) -> None:
    plan = Plan(train_samples=320, batch_size=32, epochs=4)
    run = Rehearsal(plan, step_s)
    run.train()
    for report in run.reports():
        assert report.samples_per_second == pytest.approx(32 / step_s)
    done = run.meter.done(stopped=False)
    assert done.samples_per_second == pytest.approx(32 / step_s)
    assert done.elapsed_s == pytest.approx(COMPILATION_S + 39 * step_s + 4 * VALIDATION_S)


@pytest.mark.parametrize("step_s", [0.0007, 0.03, 0.4])
def test_that_a_smaller_batch_is_not_timed_where_its_shape_is_compiled(step_s: float) -> None:
    run = Rehearsal(Plan(train_samples=330, batch_size=32, epochs=4), step_s)
    run.train()
    # The three smaller batches after the first take as long as full ones.
    lowest = pytest.approx((9 * 32 + 10) / (10 * step_s), rel=0.1)
    rates = [report.samples_per_second for report in run.reports()]
    assert min(rates) >= 10 / step_s - 1e-6
    assert max(rates) <= 32 / step_s + 1e-6
    assert run.meter.done(stopped=False).samples_per_second == lowest


def test_that_a_pause_before_a_smaller_batch_does_not_lengthen_the_time_left() -> None:
    def time_left_s(pause_s: float) -> float:
        run = Rehearsal(Plan(train_samples=330, batch_size=32, epochs=4), step_s=0.4)
        run.pause_s = pause_s
        run.train()
        told = [event for event in run.events if isinstance(event, Progress)]
        return max(event.remaining_s or 0 for event in told)

    assert time_left_s(pause_s=60) == pytest.approx(time_left_s(pause_s=0))


def test_that_reports_come_at_most_ten_times_a_second_while_epochs_fly_by() -> None:
    run = Rehearsal(Plan(train_samples=320, batch_size=32, epochs=2000), step_s=0.0007)
    run.train(lambda _: 0.5)
    times_s = [report.time_s for report in run.reports()]
    # The last one tells what was left when the run ended.
    assert all(b - a >= INTERVAL_S for a, b in pairwise(times_s[:-1]))


def test_that_means_are_not_read_between_two_reports() -> None:
    plan = Plan(train_samples=100_000, batch_size=1, epochs=1)
    run = Rehearsal(plan, step_s=0.001)
    run.train()
    assert run.readings == pytest.approx(plan.steps * 0.001 / INTERVAL_S, rel=0.02)


def test_that_time_left_counts_down_to_nothing() -> None:
    run = Rehearsal(Plan(train_samples=1000, batch_size=10, epochs=2), step_s=0.05)
    run.train()
    progress = [event for event in run.events if isinstance(event, Progress)]
    left_s = [event.remaining_s for event in progress]
    assert left_s[0] == pytest.approx(198 * 0.05, rel=0.05)
    assert left_s[-1] == 0
    assert (progress[-1].done, progress[-1].total) == (200, 200)


def test_that_epochs_count_from_1_and_carry_their_means() -> None:
    run = Rehearsal(Plan(train_samples=100, batch_size=30, epochs=3), step_s=0.01)
    run.train()
    epochs = [event for event in run.events if isinstance(event, EpochDone)]
    assert [(event.epoch, event.step) for event in epochs] == [(1, 4), (2, 8), (3, 12)]
    assert [event.loss for event in epochs] == pytest.approx(run.epoch_losses)
    assert {report.epoch for report in run.reports()} <= {1, 2, 3}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_that_a_lost_loss_ends_the_run_and_is_told(value: float) -> None:
    run = Rehearsal(Plan(train_samples=100, batch_size=10, epochs=3), step_s=0.06)
    with pytest.raises(Interrupted):
        run.train(lambda step: value if step == 15 else 1.0)
    done = run.meter.done(stopped=False)
    assert not done.finite
    assert done.epochs == 1
    assert done.steps < 18
    assert done.loss is not None
    assert not math.isfinite(done.loss)
    assert not math.isfinite(run.reports()[-1].loss)


def test_that_a_lost_validation_loss_ends_the_run() -> None:
    meter = Meter(Plan(10, 10, 2), send=lambda _: None)
    meter.begin_epoch()
    meter.step = 1
    meter.take(1.0, 0.5)
    with pytest.raises(Interrupted):
        meter.end_epoch(math.nan, 0.1)
    assert not meter.done(stopped=False).finite


def test_that_a_run_without_a_step_has_nothing_to_report() -> None:
    done = Meter(Plan(10, 10, 2), send=lambda _: None).done(stopped=True)
    assert (done.steps, done.loss, done.samples_per_second, done.elapsed_s) == (0, None, None, 0)
    assert done.finite
    assert done.stopped
