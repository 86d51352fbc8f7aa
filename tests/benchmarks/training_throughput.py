"""Training under accelgui ÷ the same Keras fit in a plain script. Aim: at least 0.97.

    python tests/benchmarks/training_throughput.py [--pairs 5] [--model mlp] [--batch-size 32]

Both train on as many images as MNIST has, in processes of their own, turn and turn about, so that
whatever else the machine does falls on both. What is compared is the whole of `fit`: compilation,
training and validation. The plain script runs with ``verbose=0`` and with Keras' default.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pairs

from accelgui.model.events import TrainingDone
from accelgui.model.requests import TrainingRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

PLAIN_SCRIPT = """
import json, sys, time
import numpy as np
import keras
from keras import layers

model_name, batch_size, epochs, verbose, path = json.loads(sys.argv[1])
with np.load(path) as data:
    x_train, y_train = data["x_train"][..., None] / np.float32(255), data["y_train"].astype("int32")
    x_test, y_test = data["x_test"][..., None] / np.float32(255), data["y_test"].astype("int32")
convolutions = [
    layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(),
    layers.Conv2D(32, 5, activation="relu"), layers.MaxPooling2D(),
]
dense = layers.Dense(128, activation="relu")
body = {
    "mlp": [layers.Flatten(), dense],
    "cnn": [*convolutions, layers.Flatten(), layers.Dropout(0.4), dense],
}
model = keras.Sequential([keras.Input((28, 28, 1)), *body[model_name], layers.Dense(10)])
steps = -(-len(y_train) // batch_size) * epochs
model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
started_s = time.perf_counter()
model.fit(
    x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=verbose,
    validation_data=(x_test, y_test), validation_batch_size=max(batch_size, 256),
)
print(json.dumps(time.perf_counter() - started_s))
"""

TRAIN_IMAGES = 60_000
TEST_IMAGES = 10_000
VERSIONS = ("tensorflow", "keras")


def main() -> None:
    """Measure pairs and print the medians."""
    options = _options()
    print(pairs.machine(), *(f"{name} {metadata.version(name)}" for name in VERSIONS), sep=", ")
    thousand_samples = TRAIN_IMAGES * options.epochs / 1000
    print(
        f"{options.model}, batch {options.batch_size}, {options.epochs} × {TRAIN_IMAGES:,} images"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        _make_images(path)
        for verbose in (0, "auto"):
            measured = pairs.alternate(
                lambda: thousand_samples / _accelgui_s(options, path),
                lambda verbose=verbose: thousand_samples / _plain_s(options, verbose, path),
                options.pairs,
            )
            pairs.report(f"training, verbose={verbose!r}", "thousand samples/s", measured, "≥ 0.97")


def _plain_s(options: argparse.Namespace, verbose: int | str, path: Path) -> float:
    arguments = [options.model, options.batch_size, options.epochs, verbose, str(path)]
    done = subprocess.run(
        [sys.executable, "-c", PLAIN_SCRIPT, json.dumps(arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.splitlines()[-1])


def _accelgui_s(options: argparse.Namespace, path: Path) -> float:
    request = TrainingRequest(
        model=options.model,
        batch_size=options.batch_size,
        epochs=options.epochs,
        data_path=str(path),
    )
    run = AgentRun(AgentCommand("train", request))
    done = [event for event in run.events() if isinstance(event, TrainingDone)]
    assert done, run.outcome
    return done[0].elapsed_s


def _make_images(path: Path) -> None:
    """Write noise with a bright square whose place is the label: quick to make, and learnable."""
    generator = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", TRAIN_IMAGES), ("test", TEST_IMAGES)):
        images = generator.integers(0, 128, (count, 28, 28), np.uint8)
        labels = generator.integers(0, 10, count, np.uint8)
        for label in range(10):
            images[labels == label, 2 * label : 2 * label + 6, 4:20] += 100
        arrays |= {f"x_{split}": images, f"y_{split}": labels}
    np.savez(path, **arrays)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--model", choices=("mlp", "cnn"), default="mlp")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    main()
