"""How a training run went, in sentences that say what was reached and what to try."""

from __future__ import annotations

import dataclasses
import math

import pytest

from accelgui.agent.workloads.training import networks, refusals
from accelgui.model.events import TrainingDone
from accelgui.model.requests import TrainingRequest
from accelgui.words.training import (
    MODELS,
    PRECISIONS,
    disturbance,
    ending,
    model_name,
    precision_name,
)

REQUEST = TrainingRequest(epochs=5)
DONE = TrainingDone(
    epochs=5,
    steps=225,
    loss=0.1,
    accuracy=0.98,
    validation_loss=0.12,
    validation_accuracy=0.972,
    samples_per_second=24_123.4,
    elapsed_s=12.34,
)


def after(**facts: object) -> str:
    return ending(dataclasses.replace(DONE, **facts), REQUEST)  # type: ignore[arg-type]


def test_that_a_finished_run_says_what_it_reached() -> None:
    assert after() == "Reached 97.2 % validation accuracy in 12.3 s at 24,100 samples/s."


def test_that_a_stopped_run_says_where_it_stopped() -> None:
    assert after(epochs=2, stopped=True) == (
        "Stopped in epoch 3 of 5 at 97.2 % validation accuracy, after 12.3 s at 24,100 samples/s."
    )


def test_that_a_run_stopped_before_any_validation_gives_its_training_accuracy() -> None:
    sentence = after(epochs=0, stopped=True, validation_loss=None, validation_accuracy=None)
    assert sentence.startswith("Stopped in epoch 1 of 5 at 98.0 % training accuracy, after")


def test_that_a_run_stopped_in_its_last_moment_is_in_its_last_epoch() -> None:
    assert after(stopped=True).startswith("Stopped in epoch 5 of 5 at")


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [(0, "Stopped before the first step."), (1, "Stopped during the first step.")],
)
def test_that_a_run_that_measured_nothing_claims_nothing(steps: int, sentence: str) -> None:
    assert after(steps=steps, loss=None, stopped=True) == sentence


@pytest.mark.parametrize(("loss", "value"), [(math.nan, "NaN"), (math.inf, "infinite")])
def test_that_a_lost_loss_says_where_it_was_lost(loss: float, value: str) -> None:
    sentence = after(epochs=1, loss=loss, finite=False)
    assert sentence.startswith(f"The loss became {value} in epoch 2 of 5. ")


def test_that_a_lost_validation_loss_is_told_from_a_lost_loss() -> None:
    sentence = after(epochs=2, validation_loss=math.nan, finite=False)
    assert sentence.startswith("The validation loss became NaN in epoch 2 of 5. ")


@pytest.mark.parametrize(
    ("request_", "remedy"),
    [
        (TrainingRequest(data_path="own.npz"), "Check the images in own.npz"),
        (TrainingRequest(precision="mixed_float16"), "try mixed bfloat16 or float32"),
        (TrainingRequest(), "check the device's numbers"),
    ],
    ids=["own data", "float16", "nothing unusual"],
)
def test_that_a_lost_loss_says_what_to_try(request_: TrainingRequest, remedy: str) -> None:
    assert remedy in ending(dataclasses.replace(DONE, loss=math.nan, finite=False), request_)


def test_that_a_run_without_a_last_word_claims_nothing() -> None:
    assert "%" not in ending(None, REQUEST)


def test_that_every_choice_has_words() -> None:
    assert list(MODELS) == list(networks.NETWORKS)
    assert list(PRECISIONS) == list(refusals.PRECISIONS)
    assert model_name("cnn") == "Small convolutional network"
    assert precision_name("mixed_float16") == "Mixed: float16 with float32 weights"


def test_that_a_run_that_ends_worse_than_guessing_has_diverged() -> None:
    assert after(loss=7.1, validation_accuracy=0.1).startswith(
        "The training diverged: with a loss of 7.10 it is worse than guessing."
    )


def test_that_a_run_below_what_was_due_says_what_that_means() -> None:
    assert after(expected_accuracy=0.98, validation_accuracy=0.95) == (
        "Reached 95.0 % validation accuracy, where at least 98.0 % was due: training on this device"
        " does not converge as it does on the CPU. Check the device's numbers (Precision)."
    )


def test_that_a_good_run_may_miss_what_was_due_by_chance() -> None:
    assert after(expected_accuracy=0.98).startswith("Reached 97.2 % validation accuracy in")


def test_that_a_stopped_run_is_not_held_to_what_a_whole_one_reaches() -> None:
    assert after(expected_accuracy=0.98, stopped=True).startswith("Stopped in epoch")


def test_that_a_run_beside_other_programs_says_how_much_they_took() -> None:
    disturbed = dataclasses.replace(DONE, others_cores=1.04)
    assert disturbance(disturbed, REQUEST) == "Disturbed: other programs kept 1.0 cores busy."
    in_pytorch = disturbance(disturbed, TrainingRequest(framework="pytorch"))
    assert "PyTorch's threads wait for each other" in in_pytorch


@pytest.mark.parametrize("others_cores", [None, 0.0, 0.25])
def test_that_a_run_in_peace_says_nothing_of_others(others_cores: float | None) -> None:
    assert disturbance(dataclasses.replace(DONE, others_cores=others_cores), REQUEST) == ""
    assert disturbance(None, REQUEST) == ""
