"""When a measured training may end, and what came of it."""

from __future__ import annotations

import math
import threading

from accelgui.agent.workloads.training.course import Course
from accelgui.agent.workloads.training.energy import EnergyCounter
from accelgui.agent.workloads.training.plan import Plan
from accelgui.model.events import EpochDone, TrainingProgress
from accelgui.model.snapshot import FrameworkDevice

PLAN = Plan(train_samples=100, batch_size=10, epochs=1000)
# Whatever this one is: nothing counts its energy.
NOTHING_COUNTED = EnergyCounter(FrameworkDevice("tpu:0", "TPU"))


def course() -> Course:
    return Course(threading.Event(), NOTHING_COUNTED, PLAN, measure_s=1e-9)


def progress(step: int, rate: float, loss: float = 0.5) -> TrainingProgress:
    return TrainingProgress(0.0, step, 1 + step // 10, loss, 0.5, rate)


def first_epoch() -> EpochDone:
    return EpochDone(0.0, 1, 10, 0.5, 0.8, 0.25, 0.9)


def test_that_the_first_epoch_is_warm_up() -> None:
    run = course()
    run.take(progress(5, 1.0))
    run.take(first_epoch())
    assert not run.rates
    assert run.first_loss == 0.25


def test_that_enough_intervals_end_it_and_give_median_and_quartiles() -> None:
    run = course()
    run.take(first_epoch())
    # The first interval may have begun before the warm-up was over.
    for step, rate in enumerate((99.0, 1.0, 2.0, 3.0, 4.0, 5.0), 11):
        assert not run.is_set()
        run.take(progress(step, rate))
    assert run.is_set()
    assert run.quartiles() == (2.0, 3.0, 4.0)
    assert run.joules_per_1000_samples is None


def test_that_a_loss_that_is_no_number_leaves_no_rates() -> None:
    run = course()
    run.take(first_epoch())
    for step, rate in enumerate((99.0, 1.0, 2.0), 11):
        run.take(progress(step, rate))
    run.take(progress(14, 9.0, math.nan))
    assert not run.rates


def test_that_a_stop_ends_it_at_once() -> None:
    stopping = threading.Event()
    run = Course(stopping, NOTHING_COUNTED, PLAN, measure_s=60.0)
    assert not run.is_set()
    stopping.set()
    assert run.is_set()
