"""Trainings by the dozen in one process: the import of a framework costs more than most of them.

Run as a file, in any Python, it reads requests from stdin and prints what each came to.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.model.requests import TrainingRequest

_ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Trial:
    """Validation after each epoch."""

    losses: list[float]
    accuracies: list[float]


def train(python: str, requests: Sequence[TrainingRequest]) -> dict[TrainingRequest, list[Trial]]:
    """Train each request, all of one framework; a request may come more than once."""
    from accelgui.model.wire import to_json

    ended = subprocess.run(
        [python, __file__],
        input=json.dumps([to_json(request) for request in requests]),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    told: dict[TrainingRequest, list[Trial]] = {}
    for request, line in zip(requests, ended.stdout.splitlines(), strict=True):
        told.setdefault(request, []).append(Trial(**json.loads(line)))
    return told


def _train_all() -> None:
    # Last: beside it lie modules of another Python.
    sys.path.append(str(_ROOT))
    from accelgui.agent import backends
    from accelgui.agent.workloads.training import data
    from accelgui.agent.workloads.training.training import prepare_environment
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.wire import from_json

    requests = [from_json(TrainingRequest, request) for request in json.load(sys.stdin)]
    prepare_environment()
    backend = backends.load(requests[0].framework)
    device = backends.choose_device(backend, "cpu")
    images = data.load()
    for request in requests:
        print(json.dumps(_came_to(request, images, device)), flush=True)


def _came_to(request, images, device):  # type: ignore[no-untyped-def]
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.agent.workloads.training.plan import Plan
    from accelgui.agent.workloads.training.trainers import trainer
    from accelgui.model.events import EpochDone

    plan = Plan(images.train_samples, request.batch_size, request.epochs)
    events: list[object] = []
    meter = Meter(plan, events.append)
    training = trainer(request, plan.steps, device)
    meter.start()
    training.fit(images, meter, threading.Event())
    epochs = [event for event in events if isinstance(event, EpochDone)]
    return {
        "losses": [epoch.validation_loss for epoch in epochs],
        "accuracies": [epoch.validation_accuracy for epoch in epochs],
    }


if __name__ == "__main__":
    _train_all()
