"""What is learned: every network in every framework, whatever makes it faster."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING

import pytest
import sabotage
from agent.real import ask, python_of
from agent.workloads.training import trials

from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.diagnosis import training as diagnosis
from accelgui.model.events import TrainingDone
from accelgui.model.requests import FRAMEWORKS, TrainingRequest

if TYPE_CHECKING:
    from agent.workloads.training.trials import Trial

BANDS = {"mlp": 0.95, "cnn": 0.98, "lstm": 0.95, "transformer": 0.95}
PRECISIONS = ("mixed_float16", "mixed_bfloat16")
TECHNIQUES = {
    "tensorflow": (("eager", "host"), ("xla", "prefetch")),
    "pytorch": (("eager", "prefetch"),),
    "jax": (("eager", "host"), ("xla", "prefetch")),
}
ALL_SAMPLES = 1433


def whole(framework: str, model: str) -> TrainingRequest:
    return TrainingRequest(framework=framework, model=model, epochs=10)


def one_step(framework: str, model: str = "mlp") -> TrainingRequest:
    """Return a training of one step with the whole data set: the order of images plays no part."""
    return TrainingRequest(framework=framework, model=model, batch_size=ALL_SAMPLES, epochs=1)


def switched(framework: str, execution: str, feeding: str) -> TrainingRequest:
    return dataclasses.replace(one_step(framework), execution=execution, feeding=feeding)


def mixed(framework: str, precision: str) -> TrainingRequest:
    return TrainingRequest(framework=framework, precision=precision, epochs=3)


def first_epoch(framework: str, seed: int) -> TrainingRequest:
    return TrainingRequest(framework=framework, epochs=1, seed=seed)


@cache
def told(framework: str) -> dict[TrainingRequest, list[Trial]]:
    """Return what all trainings of a framework came to."""
    requests = [whole(framework, model) for model in BANDS]
    requests += [one_step(framework, model) for model in BANDS]
    requests += [switched(framework, *technique) for technique in TECHNIQUES[framework]]
    requests += [mixed(framework, precision) for precision in ("float32", *PRECISIONS)]
    requests += [first_epoch(framework, seed) for seed in (0, 0, 1)]
    return trials.train(python_of(framework), requests)


@pytest.mark.parametrize("model", BANDS)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_every_network_reaches_its_band(framework: str, model: str) -> None:
    (trial,) = told(framework)[whole(framework, model)]
    assert trial.accuracies[-1] >= BANDS[model]
    assert NETWORKS[model].expected_accuracy == BANDS[model]


@pytest.mark.parametrize("model", BANDS)
def test_that_all_frameworks_train_the_same_network(model: str) -> None:
    losses = [told(name)[one_step(name, model)][0].losses[0] for name in FRAMEWORKS]
    # Where Adam adds its ε plays a part in the fourth digit, and dropout more.
    assert losses == pytest.approx([losses[0]] * 3, rel=0.05 if model == "cnn" else 1e-3)


@pytest.mark.parametrize(
    ("framework", "execution", "feeding"),
    [(name, *technique) for name, techniques in TECHNIQUES.items() for technique in techniques],
)
def test_that_a_technique_changes_the_pace_and_not_the_result(
    framework: str, execution: str, feeding: str
) -> None:
    (plain,) = told(framework)[one_step(framework)]
    (fast,) = told(framework)[switched(framework, execution, feeding)]
    # Only the order of sums differs.
    assert fast.losses == pytest.approx(plain.losses, rel=1e-5)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_mixed_precision_learns(framework: str, precision: str) -> None:
    (plain,) = told(framework)[mixed(framework, "float32")]
    (half,) = told(framework)[mixed(framework, precision)]
    assert half.accuracies[-1] > 0.9
    # It was in force: the same steps in float32 end in other bits.
    assert half.losses != plain.losses


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_a_seed_repeats_a_run_and_another_does_not(framework: str) -> None:
    first, again = told(framework)[first_epoch(framework, 0)]
    (other,) = told(framework)[first_epoch(framework, 1)]
    # Sums over threads may differ in their last bits; another order of batches shows at once.
    assert again.losses == pytest.approx(first.losses, rel=1e-5)
    assert other.losses != pytest.approx(first.losses, rel=1e-3)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_that_a_device_with_wrong_gradients_does_not_converge_and_that_is_a_finding(
    framework: str,
) -> None:
    request = whole(framework, "mlp")
    environment = sabotage.environment("wrong_gradients", share=0.99)
    run = ask("train", request, python_of(framework), environment)
    (done,) = run.all(TrainingDone)
    finding = diagnosis.of_numbers(done, request, "gpu:0")
    assert finding is not None
    assert finding.code == "training_does_not_converge"
    assert finding.parameters["expected"] == "0.95"
