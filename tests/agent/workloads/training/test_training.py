"""Training with the real TensorFlow in real agent processes."""

from __future__ import annotations

import dataclasses
import math
import sys
import time
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pytest
from agent.real import PYTHON_VARIABLES, python_of

from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.model.events import (
    Alive,
    EpochDone,
    Progress,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
    WorkDone,
)
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import TrainingRequest
from accelgui.model.training import TrainingVerdict, judge
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome

    T = TypeVar("T", bound=Event)


class Run:
    """A run followed to its end; `stop_at` says at which event to stop it."""

    def __init__(
        self, request: TrainingRequest, stop_at: Callable[[Event], bool] = lambda _: False
    ) -> None:
        python = sys.executable
        if request.framework in PYTHON_VARIABLES:
            python = python_of(request.framework)
        agent = AgentRun(AgentCommand("train", request, python))
        self.request = request
        self.events: list[Event] = []
        self.stop_asked_s = math.inf
        for event in agent.events():
            self.events.append(event)
            if stop_at(event):
                agent.stop()
                self.stop_asked_s = min(self.stop_asked_s, time.monotonic())
        self.ended_s = time.monotonic()
        assert agent.outcome is not None
        self.outcome: RunOutcome = agent.outcome

    def told(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def done(self) -> TrainingDone:
        (done,) = self.told(TrainingDone)
        return done


@pytest.fixture(scope="module", autouse=True)
def own_log_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs that several tests share start before a test has folders of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def mlp() -> Run:
    return Run(TrainingRequest(epochs=10))


@pytest.fixture(scope="module")
def cnn() -> Run:
    return Run(TrainingRequest(model="cnn", epochs=10))


@pytest.fixture(scope="module")
def stopped() -> Run:
    reports = 0

    def third_report(event: Event) -> bool:
        nonlocal reports
        reports += isinstance(event, TrainingProgress)
        return reports == 3

    return Run(TrainingRequest(epochs=10_000), stop_at=third_report)


def test_that_the_mlp_learns(mlp: Run) -> None:
    assert mlp.outcome.status is RunStatus.FINISHED
    assert mlp.done.validation_accuracy is not None
    assert mlp.done.validation_accuracy >= 0.95


def test_that_the_cnn_learns_more(cnn: Run) -> None:
    assert cnn.outcome.status is RunStatus.FINISHED
    assert cnn.done.validation_accuracy is not None
    assert cnn.done.validation_accuracy >= 0.98


@pytest.mark.parametrize("model", ["lstm", "transformer"])
def test_that_the_sequence_models_learn(model: str) -> None:
    done = Run(TrainingRequest(model=model, epochs=10)).done
    assert done.expected_accuracy == NETWORKS[model].expected_accuracy == 0.95
    assert judge(done) is TrainingVerdict.GOOD


def test_that_little_is_expected_of_a_short_run() -> None:
    assert Run(TrainingRequest(epochs=1)).done.expected_accuracy is None


def test_that_events_come_in_order(mlp: Run) -> None:
    steps = [event.what for event in mlp.told(Progress)]
    assert steps[:4] == ["data", "import", "build", "train"]
    assert set(steps[4:]) == {"train"}
    kinds = [type(event) for event in mlp.events]
    started = kinds.index(TrainingStarted)
    assert not {EpochDone, TrainingProgress} & set(kinds[:started])
    assert kinds[-2:] == [TrainingDone, WorkDone]


def test_that_the_start_says_what_is_trained_on_what(mlp: Run) -> None:
    (started,) = mlp.told(TrainingStarted)
    assert (started.framework, started.model) == ("tensorflow", "mlp")
    assert started.device
    assert started.parameters_count == 784 * 128 + 128 + 128 * 10 + 10
    assert (started.train_samples, started.validation_samples) == (1433, 364)
    assert (started.epochs, started.steps_per_epoch) == (10, 45)


def test_that_every_epoch_is_told_once(mlp: Run) -> None:
    epochs = mlp.told(EpochDone)
    assert [event.epoch for event in epochs] == list(range(1, 11))
    assert [event.step for event in epochs] == [45 * epoch for epoch in range(1, 11)]
    assert epochs[-1].loss < epochs[0].loss / 4
    assert (mlp.done.epochs, mlp.done.steps) == (10, 450)
    assert mlp.done.validation_accuracy == epochs[-1].validation_accuracy


def test_that_reports_come_at_most_ten_times_a_second(mlp: Run) -> None:
    times_s = [event.time_s for event in mlp.told(TrainingProgress)]
    assert len(times_s) >= 2
    # The last one tells what was left when the run ended.
    assert all(b - a >= 0.1 for a, b in pairwise(times_s[:-1]))


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_that_interval_means_add_up_to_the_epoch_means(mlp: Run, name: str) -> None:
    total, told = 0.0, 0
    for event in mlp.told(TrainingProgress):
        epochs, steps = divmod(event.step, 45)
        samples = 1433 * epochs + min(32 * steps, 1433) - told
        total, told = total + samples * getattr(event, name), told + samples
    means = [getattr(event, name) for event in mlp.told(EpochDone)]
    assert told == 10 * 1433
    assert total == pytest.approx(1433 * sum(means), rel=1e-5)


def test_that_throughput_leaves_out_compilation_and_validation(mlp: Run) -> None:
    rate = mlp.done.samples_per_second
    assert rate is not None
    # With them, it would be this or less.
    assert rate > 10 * 1433 / mlp.done.elapsed_s
    reported = [event.samples_per_second for event in mlp.told(TrainingProgress)]
    assert min(reported) <= rate <= max(reported)


def test_that_a_seed_repeats_a_run(mlp: Run) -> None:
    again = Run(mlp.request, stop_at=lambda e: isinstance(e, EpochDone)).told(EpochDone)[0]
    first = mlp.told(EpochDone)[0]
    # Sums over threads may differ in their last bits; another order of batches shows at once.
    assert again.loss == pytest.approx(first.loss, rel=1e-5)
    assert again.validation_loss == pytest.approx(first.validation_loss, rel=1e-5)


def test_that_another_seed_is_another_run(mlp: Run) -> None:
    request = dataclasses.replace(mlp.request, seed=1)
    other = Run(request, stop_at=lambda e: isinstance(e, EpochDone)).told(EpochDone)[0]
    assert other.loss != pytest.approx(mlp.told(EpochDone)[0].loss, rel=1e-3)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_that_mixed_precision_learns(mlp: Run, precision: str) -> None:
    run = Run(TrainingRequest(precision=precision, epochs=3))
    assert run.outcome.status is RunStatus.FINISHED
    assert run.done.validation_accuracy is not None
    assert run.done.validation_accuracy > 0.85
    # The policy was in force: the same steps in float32 end in other bits.
    assert run.done.loss != mlp.told(EpochDone)[2].loss


@pytest.mark.parametrize("framework", ["pytorch", "jax"])
@pytest.mark.parametrize("precision", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_that_the_other_frameworks_learn_as_well(framework: str, precision: str) -> None:
    run = Run(TrainingRequest(framework=framework, precision=precision, epochs=3))
    assert run.outcome.status is RunStatus.FINISHED
    assert run.done.validation_accuracy is not None
    assert run.done.validation_accuracy > 0.9
    assert run.done.samples_per_second is not None


@pytest.mark.parametrize(
    ("framework", "execution", "feeding"),
    [
        ("tensorflow", "eager", "host"),
        ("tensorflow", "xla", "prefetch"),
        ("pytorch", "eager", "prefetch"),
        ("jax", "eager", "host"),
        ("jax", "xla", "prefetch"),
    ],
)
def test_that_a_technique_changes_the_pace_and_not_the_result(
    framework: str, execution: str, feeding: str
) -> None:
    plain = TrainingRequest(framework=framework, batch_size=1433, epochs=1)
    switched = dataclasses.replace(plain, execution=execution, feeding=feeding)
    losses = [Run(request).told(EpochDone)[0].validation_loss for request in (plain, switched)]
    # One step with the whole data set: only the order of sums differs.
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


def test_that_tf32_is_refused_where_there_is_none() -> None:
    run = Run(TrainingRequest(device="cpu", tf32=True))
    assert run.outcome.failure is FailureKind.INPUT
    assert run.outcome.message == "cpu does not multiply in TF32"


@pytest.mark.parametrize("model", list(NETWORKS))
def test_that_all_frameworks_train_the_same_network(model: str) -> None:
    losses = []
    for framework in ("tensorflow", "pytorch", "jax"):
        request = TrainingRequest(framework=framework, model=model, batch_size=1433, epochs=1)
        losses.append(Run(request).told(EpochDone)[0].validation_loss)
    # One step with the whole data set: the order of images plays no part. Where Adam adds its ε
    # does, in the fourth digit, and dropout more.
    assert losses == pytest.approx([losses[0]] * 3, rel=0.05 if model == "cnn" else 1e-3)


def test_that_a_stopped_run_keeps_what_was_measured(stopped: Run) -> None:
    assert stopped.outcome.status is RunStatus.STOPPED
    assert stopped.done.stopped
    assert stopped.done.steps > 1
    assert stopped.done.loss is not None
    assert stopped.done.samples_per_second is not None


def test_that_a_stopped_run_is_gone_within_3_seconds(stopped: Run) -> None:
    assert stopped.ended_s - stopped.stop_asked_s < 3
    # It went by itself: neither terminated nor killed.
    assert stopped.outcome.exit_code == 0


def test_that_a_run_stops_between_two_batches(stopped: Run) -> None:
    last = [event for event in stopped.events if isinstance(event, TrainingProgress)][-1]
    # What was left is told, up to the very step at which it stopped.
    assert last.step == stopped.done.steps
    third = stopped.told(TrainingProgress)[2]
    assert last.time_s - third.time_s < 1


@pytest.mark.parametrize("framework", ["tensorflow", "jax"])
def test_that_a_paused_run_waits_and_goes_on_without_it_in_its_pace(framework: str) -> None:
    python = python_of(framework) if framework in PYTHON_VARIABLES else sys.executable
    request = TrainingRequest(framework=framework, epochs=10_000)
    agent = AgentRun(AgentCommand("train", request, python))
    told: list[TrainingProgress] = []
    alive = 0
    done: TrainingDone | None = None
    for event in agent.events():
        if isinstance(event, TrainingProgress):
            told.append(event)
            if len(told) == 5:
                agent.tell({"pause": True})
            elif alive >= 3:
                agent.stop()
        elif isinstance(event, Alive) and len(told) >= 5:
            alive += 1
            if alive == 3:
                agent.tell({"pause": False})
        elif isinstance(event, TrainingDone):
            done = event
    gaps_s = [b.time_s - a.time_s for a, b in pairwise(told)]
    assert max(gaps_s) > 1.5
    assert done is not None
    assert done.samples_per_second is not None
    assert done.samples_per_second > 0.3 * told[3].samples_per_second
    assert done.elapsed_s < told[-1].time_s - told[0].time_s


def test_that_a_paused_run_can_be_stopped() -> None:
    agent = AgentRun(AgentCommand("train", TrainingRequest(epochs=10_000)))
    is_paused = False
    for event in agent.events():
        if isinstance(event, TrainingProgress) and not is_paused:
            is_paused = True
            agent.tell({"pause": True})
        elif isinstance(event, Alive) and is_paused:
            agent.stop()
    assert agent.outcome is not None
    assert (agent.outcome.status, agent.outcome.exit_code) == (RunStatus.STOPPED, 0)


@pytest.mark.parametrize("framework", ["pytorch", "jax"])
def test_that_the_weights_of_a_stopped_run_are_kept(framework: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    request = TrainingRequest(framework=framework, epochs=10_000, checkpoint_path=str(path))
    run = Run(request, stop_at=lambda event: isinstance(event, EpochDone))
    assert run.outcome.status is RunStatus.STOPPED
    assert run.done.stopped
    with np.load(path, allow_pickle=False) as arrays:
        assert sum(arrays[name].size for name in arrays.files) == 784 * 128 + 128 + 128 * 10 + 10
    assert [file.name for file in tmp_path.glob("*weights*")] == ["weights.npz"]


def test_that_keras_keeps_network_and_weights_in_its_own_format(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    run = Run(TrainingRequest(epochs=1, model="transformer", checkpoint_path=str(path)))
    assert run.outcome.status is RunStatus.FINISHED
    assert {"config.json", "model.weights.h5"} <= set(zipfile.ZipFile(path).namelist())


def test_that_a_stop_during_the_import_has_its_last_word() -> None:
    run = Run(TrainingRequest(), stop_at=lambda e: isinstance(e, Progress) and e.what == "import")
    assert run.outcome.status is RunStatus.STOPPED
    assert run.outcome.exit_code == 0
    assert run.done.stopped
    assert run.done.steps == 0


def test_that_a_lost_loss_is_told_and_ends_the_run(tmp_path: Path) -> None:
    images = np.random.default_rng(0).normal(0, 1e37, (64, 28, 28)).astype(np.float32)
    labels = np.arange(64) % 10
    path = tmp_path / "absurd.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    run = Run(TrainingRequest(data_path=str(path), epochs=50))
    assert run.outcome.status is RunStatus.FINISHED
    assert not run.done.finite
    assert run.done.loss is not None
    assert not math.isfinite(run.done.loss)
    assert run.done.epochs < 50


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (TrainingRequest(batch_size=0), "batch size 0: expected 1 or more"),
        (TrainingRequest(batch_size=1434), "batch size 1434: the data have only 1433"),
        (TrainingRequest(epochs=0), "0 epochs: expected 1 or more"),
        (TrainingRequest(seed=-1), "seed -1: expected 0 to 4294967295"),
        (TrainingRequest(model="gpt"), "model 'gpt': training knows mlp, cnn"),
        (TrainingRequest(precision="int8"), "precision 'int8': training knows float32, mixed_"),
        (
            TrainingRequest(framework="mxnet"),
            "framework 'mxnet': training knows tensorflow, py",
        ),
        (
            TrainingRequest(framework="pytorch", execution="xla"),
            "execution 'xla': PyTorch compiles with XLA only",
        ),
        (
            TrainingRequest(framework="jax", execution="graph"),
            "execution 'graph': the only compiler of JAX is XLA",
        ),
        (TrainingRequest(feeding="device"), "feeding 'device': Model.fit takes its batches"),
        (
            TrainingRequest(checkpoint_path="weights.h5"),
            "weights.h5: a checkpoint of tensorflow ends in .keras",
        ),
        (TrainingRequest(data_path="none.npz"), "none.npz: No such file or directory"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_that_what_cannot_be_is_told_before_the_framework_starts(
    request_: TrainingRequest, message: str
) -> None:
    run = Run(request_)
    assert run.outcome.status is RunStatus.FAILED
    assert run.outcome.failure is FailureKind.INPUT
    assert (run.outcome.message or "").startswith(message)
    assert "import" not in [event.what for event in run.told(Progress)]


def test_that_a_device_that_is_not_there_is_told() -> None:
    run = Run(TrainingRequest(device="gpu:99"))
    assert run.outcome.failure is FailureKind.INPUT
    assert "gpu:99" in (run.outcome.message or "")
