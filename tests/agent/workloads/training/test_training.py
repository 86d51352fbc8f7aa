"""Training with the real TensorFlow in real agent processes."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from agent.real import logs_to
from agent.workloads.training.following import Followed

from accelgui.agent.workloads.training import data
from accelgui.agent.workloads.training.training import _plan as plan_of
from accelgui.model.events import (
    EpochDone,
    Progress,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
    WorkDone,
)
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import TrainingRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module", autouse=True)
def own_log_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs that several tests share start before a test has folders of its own."""
    with pytest.MonkeyPatch.context() as patch:
        logs_to(tmp_path_factory.mktemp("state"), patch)
        yield


@pytest.fixture(scope="module")
def mlp() -> Followed:
    return Followed(TrainingRequest(epochs=10))


def test_that_little_is_expected_of_a_short_run_and_of_large_batches() -> None:
    images = data.load()
    assert plan_of(TrainingRequest(epochs=10), images).expected_accuracy == 0.95
    assert plan_of(TrainingRequest(epochs=1), images).expected_accuracy is None
    assert plan_of(TrainingRequest(epochs=10, batch_size=64), images).expected_accuracy is None


def test_that_few_steps_on_unknown_data_need_not_guess_well() -> None:
    images = data.load()
    own = TrainingRequest(epochs=2, data_path="own.npz")
    assert plan_of(own, images).guessing_loss is None
    assert plan_of(dataclasses.replace(own, epochs=3), images).guessing_loss is not None
    assert plan_of(TrainingRequest(epochs=1), images).guessing_loss is not None


def test_that_events_come_in_order(mlp: Followed) -> None:
    steps = [event.what for event in mlp.told(Progress)]
    assert steps[:4] == ["data", "import", "build", "train"]
    assert set(steps[4:]) == {"train"}
    kinds = [type(event) for event in mlp.events]
    started = kinds.index(TrainingStarted)
    assert not {EpochDone, TrainingProgress} & set(kinds[:started])
    assert kinds[-2:] == [TrainingDone, WorkDone]


def test_that_the_start_says_what_is_trained_on_what(mlp: Followed) -> None:
    (started,) = mlp.told(TrainingStarted)
    assert (started.framework, started.model) == ("tensorflow", "mlp")
    assert started.device
    assert started.parameters_count == 784 * 128 + 128 + 128 * 10 + 10
    assert (started.train_samples, started.validation_samples) == (1433, 364)
    assert (started.epochs, started.steps_per_epoch) == (10, 45)


def test_that_every_epoch_is_told_once(mlp: Followed) -> None:
    epochs = mlp.told(EpochDone)
    assert [event.epoch for event in epochs] == list(range(1, 11))
    assert [event.step for event in epochs] == [45 * epoch for epoch in range(1, 11)]
    assert epochs[-1].loss < epochs[0].loss / 4
    assert (mlp.done.epochs, mlp.done.steps) == (10, 450)
    assert mlp.done.validation_accuracy == epochs[-1].validation_accuracy


def test_that_reports_come_at_most_ten_times_a_second(mlp: Followed) -> None:
    times_s = [event.time_s for event in mlp.told(TrainingProgress)]
    assert len(times_s) >= 2
    # The last one tells what was left when the run ended.
    assert all(b - a >= 0.1 for a, b in pairwise(times_s[:-1]))


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_that_interval_means_add_up_to_the_epoch_means(mlp: Followed, name: str) -> None:
    total, told = 0.0, 0
    for event in mlp.told(TrainingProgress):
        epochs, steps = divmod(event.step, 45)
        samples = 1433 * epochs + min(32 * steps, 1433) - told
        total, told = total + samples * getattr(event, name), told + samples
    means = [getattr(event, name) for event in mlp.told(EpochDone)]
    assert told == 10 * 1433
    assert total == pytest.approx(1433 * sum(means), rel=1e-5)


def test_that_throughput_leaves_out_compilation_and_validation(mlp: Followed) -> None:
    rate = mlp.done.samples_per_second
    assert rate is not None
    # With them, it would be this or less.
    assert rate > 10 * 1433 / mlp.done.elapsed_s
    reported = [event.samples_per_second for event in mlp.told(TrainingProgress)]
    assert min(reported) <= rate <= max(reported)


def test_that_a_lost_loss_is_told_and_ends_the_run(tmp_path: Path) -> None:
    images = np.random.default_rng(0).normal(0, 1e37, (64, 28, 28)).astype(np.float32)
    labels = np.arange(64) % 10
    path = tmp_path / "absurd.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    run = Followed(TrainingRequest(data_path=str(path), epochs=50))
    assert run.outcome.status is RunStatus.FINISHED
    assert not run.done.finite
    assert run.done.loss is not None
    assert not math.isfinite(run.done.loss)
    assert run.done.epochs < 50
