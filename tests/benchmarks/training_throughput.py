"""Training under accelgui ÷ the same plain script. Aim: at least 0.97 in each framework.

    python tests/benchmarks/training_throughput.py [--pairs 5] [--model mlp] [--batch-size 32]
        [--framework tensorflow|pytorch|jax] [--python PYTHON_THAT_HAS_IT]

Both train on as many images as MNIST has, in processes of their own, turn and turn about, so that
whatever else the machine does falls on both. What is compared is the whole of training:
compilation, steps and validation. The plain scripts are those in `plain`; Keras runs with
``verbose=0`` and with its default.

On a machine that others use as well, ``--clock cpu`` compares the processors' time, and
``--threads 1`` keeps OpenMP from waiting for threads that are not let run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pairs
import psutil

from accelgui.model.events import TrainingDone, TrainingStarted
from accelgui.model.requests import FRAMEWORKS, TrainingRequest
from accelgui.runs.launch import AgentCommand
from accelgui.runs.run import AgentRun

PLAIN = Path(__file__).parent / "plain"

_versions: list[str] = []

TRAIN_IMAGES = 60_000
TEST_IMAGES = 10_000


def main() -> None:
    """Measure pairs and print the medians."""
    options = _options()
    print(pairs.machine())
    thousand_samples = TRAIN_IMAGES * options.epochs / 1000
    print(
        f"{options.framework}, {options.model}, batch {options.batch_size},"
        f" {options.epochs} × {TRAIN_IMAGES:,} images"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        _make_images(path)
        for verbose in (0, "auto") if options.framework == "tensorflow" else (0,):
            measured = pairs.alternate(
                lambda: thousand_samples / _accelgui_s(options, path),
                lambda verbose=verbose: thousand_samples / _plain_s(options, verbose, path),
                options.pairs,
            )
            name = f"{options.framework}, verbose={verbose!r}"
            pairs.report(name, "thousand samples/s", measured, "≥ 0.97")


def _plain_s(options: argparse.Namespace, verbose: int | str, path: Path) -> float:
    arguments = [options.model, options.batch_size, options.epochs, verbose, str(path)]
    done = subprocess.run(
        [options.python, str(PLAIN / f"with_{options.framework}.py"), json.dumps(arguments)],
        env={**os.environ, **_variables(options)},
        check=True,
        capture_output=True,
        text=True,
    )
    wall_s, cpu_s = json.loads(done.stdout.splitlines()[-1])
    return float(cpu_s if options.clock == "cpu" else wall_s)


def _accelgui_s(options: argparse.Namespace, path: Path) -> float:
    request = TrainingRequest(
        framework=options.framework,
        model=options.model,
        batch_size=options.batch_size,
        epochs=options.epochs,
        data_path=str(path),
    )
    run = AgentRun(AgentCommand("train", request, options.python, _variables(options)))
    began_s, spent_s = 0.0, None
    # To the end of the agent: what is left of one run must not fall into the next one.
    for event in run.events():
        if isinstance(event, TrainingStarted):
            began_s = _cpu_s(run.pid)
            if not _versions:
                _versions.append(f"{event.framework} {event.framework_version} on {event.device}")
                print(*_versions)
        elif isinstance(event, TrainingDone):
            cpu_s = _cpu_s(run.pid) - began_s
            spent_s = cpu_s if options.clock == "cpu" else event.elapsed_s
    if spent_s is None:
        raise RuntimeError(run.outcome)
    return spent_s


def _cpu_s(pid: int | None) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _variables(options: argparse.Namespace) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(options.threads)} if options.threads else {}


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
    parser.add_argument("--framework", choices=FRAMEWORKS, default="tensorflow")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
