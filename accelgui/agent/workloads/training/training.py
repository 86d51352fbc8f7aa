"""From the request to the last word."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent import backends
from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training import data, own_script
from accelgui.agent.workloads.training.distributed import cluster, supervisor
from accelgui.agent.workloads.training.distributed.team import Team
from accelgui.agent.workloads.training.last_word import LastWord
from accelgui.agent.workloads.training.meter import Interrupted, Meter
from accelgui.agent.workloads.training.neighbours import Neighbours
from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.agent.workloads.training.pausing import Pausing
from accelgui.agent.workloads.training.plan import Plan
from accelgui.agent.workloads.training.refusals import check, check_batch_size
from accelgui.agent.workloads.training.saving import Weights
from accelgui.agent.workloads.training.trainers import import_framework, trainer
from accelgui.model.events import Progress, TrainingStarted

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.data import Images
    from accelgui.model.requests import TrainingRequest

# What the networks' expected accuracies hold for; more steps in all do no harm.
_EPOCHS_TO_LEARN = 10
_BATCH_TO_LEARN = 32

# An untrained network may guess worse than by chance on data that nobody knows, and takes a while.
_STEPS_TO_START = 100


def train(request: TrainingRequest, channel: Channel) -> None:
    """Train a sample network, or a person's own, and tell of it on the channel.

    Raises InputError for a request that cannot be, WorkError where this Python or device fails.
    The images are read before the framework is imported: a broken file is told at once.
    """
    check(request)
    request = replace(request, strategy=cluster.strategy_of(request))
    if supervisor.is_needed(request):
        supervisor.train(request, channel)
    else:
        train_with(Team(request), channel)


def train_with(team: Team, channel: Channel) -> None:
    """Train as one process of a team; see `train`."""
    request = team.request
    channel.send(Progress(0, 1, "data"))
    images = data.load(request.data_path, any_shape=request.script_path is not None)
    check_batch_size(request.batch_size, images.train_samples)
    meter = Meter(_plan(request, images), channel.send)
    weights = Weights(request, channel)
    with LastWord(channel, meter, weights) as last_word:
        with suppress(Interrupted):
            _train(team, images, meter, weights, channel)
        meter.flush()
        last_word.say()
    if meter.step:
        team.part()
    team.leave()
    weights.save()


def _plan(request: TrainingRequest, images: Images) -> Plan:
    comparable = (
        request.data_path is None
        and request.script_path is None
        and request.epochs >= _EPOCHS_TO_LEARN
        and request.batch_size <= _BATCH_TO_LEARN
    )
    plan = Plan(
        images.train_samples,
        request.batch_size,
        request.epochs,
        NETWORKS[request.model].expected_accuracy if comparable else None,
    )
    if request.data_path is not None and plan.steps < _STEPS_TO_START:
        return replace(plan, guessing_loss=None)
    return plan


def _train(team: Team, images: Images, meter: Meter, weights: Weights, channel: Channel) -> None:
    request = team.request
    _progress(channel, "import")
    prepare_environment()
    team.prepare_environment()
    backend = backends.load(request.framework)
    device, *others = team.join(backend)
    if request.tf32 and not backend.has_tf32(device):
        raise InputError(
            f"{device.key} does not multiply in TF32", "no_tf32", {"device": device.key}
        )
    if request.script_path is not None:
        images = _own_images(request, meter, channel)
    _progress(channel, "build")
    plan = meter.plan
    training = team.trainer(plan.steps, (device, *others))
    training = training or trainer(request, plan.steps, device)
    team.require_the_same(images)
    _leave_when_stopping(channel)
    if device.key == "cpu" and team.exchange is None:
        meter.neighbours = Neighbours()
    channel.send(
        TrainingStarted(
            framework=request.framework,
            framework_version=backend.version,
            device=device.key,
            device_name=device.description or device.name,
            model=Path(request.script_path).name if request.script_path else request.model,
            parameters_count=training.parameters_count,
            batch_size=plan.batch_size,
            epochs=plan.epochs,
            steps_per_epoch=plan.steps_per_epoch,
            train_samples=images.train_samples,
            validation_samples=images.validation_samples,
            time_s=meter.start(),
            **team.facts(),
        )
    )
    channel.send(Progress(0, plan.steps, "train"))
    if team.rank == 0:  # All of a team have the same ones.
        weights.are_in(training)
    meter.learning_rate = _learning_rate(request, training, meter)
    training.fit(images, meter, Pausing(channel, meter))


def _learning_rate(request: TrainingRequest, training: Any, meter: Meter) -> Callable[[], float]:
    own: Optional[Callable[[], float]] = getattr(training, "learning_rate", None)
    if own is not None:
        return own
    first = NETWORKS[request.model].learning_rate
    if request.script_path is not None:
        first = own_script.load(request.script_path).learning_rate
    # The schedule of all trainers: half a cosine down to 0.
    return lambda: first * 0.5 * (1 + math.cos(math.pi * min(meter.step / meter.plan.steps, 1)))


def _own_images(request: TrainingRequest, meter: Meter, channel: Channel) -> Images:
    """Run the person's file for the first time; returns the data it wants to train with."""
    assert request.script_path is not None
    _progress(channel, "script")
    import_framework(request.framework)
    images = own_script.load(request.script_path).images(request)
    check_batch_size(request.batch_size, images.train_samples)
    # A loss of the file's own may be of any size.
    meter.plan = replace(_plan(request, images), guessing_loss=None)
    return images


def prepare_environment() -> None:
    """Make Keras run on TensorFlow and run as long as asked, whatever its variables say."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    for name in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "TF_USE_LEGACY_KERAS"):
        os.environ.pop(name, None)


def _progress(channel: Channel, what: str) -> None:
    _leave_when_stopping(channel)
    channel.send(Progress(0, 1, what))


def _leave_when_stopping(channel: Channel) -> None:
    if channel.stopping.is_set():
        raise Interrupted
