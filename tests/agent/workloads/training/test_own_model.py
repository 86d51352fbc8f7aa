"""A person's own model, trained for real in agent processes; what is wrong with it is told."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pytest
from agent.workloads.training.following import Followed

from accelgui.model.events import Progress, TrainingProgress, TrainingStarted
from accelgui.model.outcome import FailureKind, RunStatus
from accelgui.model.requests import TrainingRequest
from accelgui.words import training as words

if TYPE_CHECKING:
    from pathlib import Path

TORCH = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Flatten(), nn.LazyLinear(32), nn.Linear(32, 10))

        def forward(self, x):
            return self.layers(x)

    def build_model():
        return Net()
"""
GOOD = {
    "tensorflow": """
        import keras

        print("printed by a person's file")

        def build_model():
            return keras.Sequential([
                keras.Input((28, 28, 1)),
                keras.layers.Flatten(),
                keras.layers.Dense(32, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ])
    """,
    "pytorch": TORCH,
    "jax": """
        import jax
        import jax.numpy as jnp

        learning_rate = 0.01

        def init(key, input_shape):
            pixels = input_shape[1] * input_shape[2] * input_shape[3]
            return {"w": 0.01 * jax.random.normal(key, (pixels, 10)), "b": jnp.zeros(10)}

        def apply(params, x):
            return x.reshape(len(x), -1) @ params["w"] + params["b"]

        def build_model():
            return init, apply
    """,
}
NAMES = {"tensorflow": "keras.py", "pytorch": "my net.py", "jax": "naïve <b>.py"}


def script(folder: Path, text: str, name: str = "model.py") -> str:
    file = folder / name
    file.write_text(textwrap.dedent(text).lstrip())
    return str(file)


def train(folder: Path, text: str, framework: str = "pytorch", **more: object) -> Followed:
    request = TrainingRequest(
        framework=framework, script_path=script(folder, text), **{"epochs": 1, **more}
    )
    return Followed(request)


@pytest.mark.parametrize("framework", sorted(GOOD))
def test_that_an_own_model_learns_in_each_framework(framework: str, tmp_path: Path) -> None:
    # A file may be named as the library that it imports.
    path = script(tmp_path, GOOD[framework], NAMES[framework])
    run = Followed(TrainingRequest(framework=framework, epochs=5, script_path=path))
    assert run.outcome.status is RunStatus.FINISHED
    assert run.done.validation_accuracy is not None
    assert run.done.validation_accuracy > 0.85
    assert run.done.expected_accuracy is None
    assert run.told(TrainingStarted)[0].model == NAMES[framework]
    assert [event.what for event in run.told(Progress)][:4] == ["data", "import", "script", "build"]
    assert run.garbage_lines == 0


def test_that_a_compiled_keras_model_keeps_its_optimizer_and_its_loss(tmp_path: Path) -> None:
    text = """
        import keras

        def build_model():
            layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
            model = keras.Sequential([*layers, keras.layers.Softmax()])
            # Nothing is learnt at this rate, so the loss stays that of the first step.
            model.compile(keras.optimizers.SGD(1e-12), "categorical_crossentropy")
            return model
    """
    run = train(tmp_path, text, "tensorflow", epochs=2)
    losses = [event.loss for event in run.told(TrainingProgress)]
    assert run.outcome.status is RunStatus.FINISHED
    assert max(losses) - min(losses) < 0.5
    assert run.done.validation_accuracy is not None
    assert run.done.validation_accuracy < 0.5


def test_that_own_data_of_any_shape_are_taken(tmp_path: Path) -> None:
    labels = np.arange(60) % 3
    images = np.random.default_rng(0).integers(0, 50, (60, 8, 6, 3), np.uint8)
    images[np.arange(60), :, :, labels] += 200  # The class is the channel that is bright.
    np.savez(tmp_path / "d.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    text = GOOD["jax"].replace("10", "3")
    run = train(tmp_path, text, "jax", epochs=40, batch_size=20, data_path=str(tmp_path / "d.npz"))
    assert run.done.validation_accuracy == 1
    assert run.told(TrainingStarted)[0].parameters_count == 8 * 6 * 3 * 3 + 3


def test_that_a_file_may_bring_its_data_and_its_loss(tmp_path: Path) -> None:
    text = """
        import numpy as np
        import torch
        from torch import nn

        learning_rate = 0.05

        def load_data():
            y = np.arange(40) % 2
            x = np.random.default_rng(0).normal(size=(40, 2, 3, 4)) + 3 * y[:, None, None, None]
            return (x, y), (x, np.eye(2)[y])

        def loss(scores, labels):
            return nn.functional.multi_margin_loss(scores, labels)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.linear = nn.Linear(24, 2)

            def forward(self, x):
                assert x.shape[1:] == (2, 3, 4)
                return self.linear(x.flatten(1))

        build_model = Net
    """
    run = train(tmp_path, text, epochs=20, batch_size=10)
    assert run.done.validation_accuracy == 1
    assert run.done.guessing_loss is None


WRONG = {
    "a forward that raises": (
        TORCH.replace("nn.LazyLinear(32)", "nn.Linear(64, 32)"),
        "own_model_raised",
        (10, "return self.layers(x)"),
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied",
    ),
    "too few classes": (
        TORCH.replace("(32, 10)", "(32, 7)"),
        "own_model_wrong_shape",
        (12, "def build_model():"),
        "for 8 inputs the model gives (8, 7), expected (8, 10)",
    ),
    "no scores": (
        TORCH.replace("self.layers(x)", "(self.layers(x), x)"),
        "own_model_wrong_shape",
        (12, "def build_model():"),
        "the model gives tuple",
    ),
    "no model": (
        TORCH.replace("return Net()", "Net()"),
        "own_model_is_no_model",
        (12, "def build_model():"),
        "build_model() returned None, expected a torch.nn.Module",
    ),
    "a model of another framework": (
        TORCH.replace("return Net()", "return (lambda key: key), (lambda params, x: x)"),
        "own_model_of_another_framework",
        (12, "def build_model():"),
        "but pytorch is to train it",
    ),
    "NaN from the start": (
        TORCH.replace("self.layers(x)", "self.layers(x) / 0 * 0"),
        "own_model_not_finite",
        (12, "def build_model():"),
        "NaN or infinite scores",
    ),
    "a loss of the wrong shape": (
        TORCH + "\n    def loss(scores, labels):\n        return scores\n",
        "own_model_is_wrong",
        (15, "def loss(scores, labels):"),
        "loss() gives (8, 10), expected one number: the mean",
    ),
    "an exception in training only": (
        TORCH.replace(
            "return self.layers(x)", "return self.layers(x if not self.training else x[:, :, 0])"
        ),
        "own_model_raised",
        (10, "return self.layers(x if not self.training else x[:, :, 0])"),
        "RuntimeError: ",
    ),
    "sys.exit in forward": (
        TORCH.replace("return self.layers(x)", "raise SystemExit(0)"),
        "own_model_exited",
        (10, "raise SystemExit(0)"),
        "ended the script: sys.exit(0)",
    ),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_that_what_is_wrong_is_told_by_the_files_own_line(case: str, tmp_path: Path) -> None:
    text, code, (line, line_text), message = WRONG[case]
    run = train(tmp_path, text)
    assert run.outcome.failure is FailureKind.INPUT
    assert run.failed.code == code
    assert run.failed.parameters["file"] == str(tmp_path / "model.py")
    assert (run.failed.parameters["line"], run.failed.parameters["text"]) == (str(line), line_text)
    assert message in run.failed.message
    assert "\n" not in run.failed.message


def test_that_keras_names_the_line_of_a_layer_that_fails_in_training_only(tmp_path: Path) -> None:
    text = """
        import keras

        class Bad(keras.layers.Layer):
            def call(self, x, training=None):
                return keras.ops.reshape(x, (3, 5)) if training else x

        def build_model():
            inputs = keras.Input((28, 28, 1))
            dense = keras.layers.Dense(10)
            return keras.Sequential([inputs, keras.layers.Flatten(), dense, Bad()])
    """
    run = train(tmp_path, text, "tensorflow")
    assert run.failed.code == "own_model_raised"
    assert run.failed.parameters["line"] == "5"


def test_that_steps_of_ones_own_have_to_tell_the_accuracy(tmp_path: Path) -> None:
    text = """
        import keras
        import tensorflow as tf

        class Silent(keras.Model):
            def train_step(self, data):
                return {"loss": tf.constant(1.0)}

        def build_model():
            image = keras.Input((28, 28, 1))
            return Silent(image, keras.layers.Dense(10)(keras.layers.Flatten()(image)))
    """
    run = train(tmp_path, text, "tensorflow")
    assert run.outcome.failure is FailureKind.INPUT
    assert "the model's own train_step or test_step tells no 'accuracy'" in run.failed.message


def test_that_a_loss_that_becomes_nan_is_blamed_on_the_file(tmp_path: Path) -> None:
    text = TORCH + "\n    def loss(scores, labels):\n        return (scores.mean() - 1e9).log()\n"
    run = train(tmp_path, text, epochs=2)
    assert not run.done.finite
    assert "Look at the model and the loss in model.py" in words.ending(run.done, run.request)


def test_that_an_endless_import_can_be_stopped(tmp_path: Path) -> None:
    path = script(tmp_path, "while True:\n    pass\n")
    run = Followed(
        TrainingRequest(framework="pytorch", script_path=path),
        lambda event: isinstance(event, Progress) and event.what == "script",
    )
    assert run.outcome.status is RunStatus.STOPPED
    assert run.done.stopped
    assert run.stop_asked_s is not None
    assert run.ended_s - run.stop_asked_s < 3


def test_that_a_file_that_ends_the_process_is_named(tmp_path: Path) -> None:
    run = train(tmp_path, "import os\nos._exit(0)\n")
    assert run.outcome.status is RunStatus.FAILED
    text = words.trouble(run.outcome, run.request)
    assert text.startswith("model.py, or a library that it uses, ended the process by itself")
