"""From the request to the last word."""

from __future__ import annotations

import importlib
import math
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent import backends
from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training import checkpoint, data, own_script
from accelgui.agent.workloads.training.distributed import cluster, supervisor
from accelgui.agent.workloads.training.distributed.team import Team
from accelgui.agent.workloads.training.last_word import LastWord
from accelgui.agent.workloads.training.meter import Interrupted, Meter, Plan
from accelgui.agent.workloads.training.neighbours import Neighbours
from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.agent.workloads.training.pausing import Pausing
from accelgui.agent.workloads.training.saving import Weights
from accelgui.model import strategies
from accelgui.model.events import Progress, TrainingStarted
from accelgui.model.techniques import EXECUTIONS, FEEDINGS, lacking

if TYPE_CHECKING:
    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.data import Images
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

# Imported when asked for: each imports its framework.
_TRAINERS = {
    "tensorflow": ("accelgui.agent.workloads.training.keras_fit", "KerasTraining"),
    "pytorch": ("accelgui.agent.workloads.training.torch_fit", "TorchTraining"),
    "jax": ("accelgui.agent.workloads.training.jax_fit", "JaxTraining"),
}
_OWN_TRAINERS = {
    "tensorflow": ("accelgui.agent.workloads.training.own_keras", "OwnKerasTraining"),
    "pytorch": ("accelgui.agent.workloads.training.own_torch", "OwnTorchTraining"),
    "jax": ("accelgui.agent.workloads.training.own_jax", "OwnJaxTraining"),
}
FRAMEWORKS = tuple(_TRAINERS)
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")

_LACKING = {
    "pytorch_has_no_xla": "execution 'xla': PyTorch compiles with XLA only through PyTorch/XLA",
    "jax_compiles_with_xla_only": "execution 'graph': the only compiler of JAX is XLA",
    "keras_feeds_from_host": "feeding 'device': Model.fit takes its batches from the host",
}

_LACKING_STRATEGY = {
    "no_such_strategy": "strategy: training knows auto, one, all, multi-worker",
    "all_takes_every_device": "this strategy takes every device of a kind: name none of them",
    "script_on_one_device": "a model of one's own trains on one device",
    "workers_without_strategy": "workers are for strategy 'multi-worker'",
    "worker_index_alone": "a worker index needs the workers' addresses",
    "worker_address_malformed": "workers: expected host:port, with commas between them",
    "worker_named_twice": "workers: an address is named twice",
    "one_worker_only": "workers: expected two or more",
    "worker_index_missing": "which of the workers is this one? The worker index says so",
    "worker_index_too_large": "the worker index counts from 0 to the number of workers less one",
}

# What the networks' expected accuracies hold for; more steps in all do no harm.
_EPOCHS_TO_LEARN = 10
_BATCH_TO_LEARN = 32

# An untrained network may guess worse than by chance on data that nobody knows, and takes a while.
_STEPS_TO_START = 100

# NumPy's generators, which Keras seeds too, take no more.
_SEEDS = 2**32


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


def check(request: TrainingRequest) -> None:
    """Raise InputError for the first thing in the request that cannot be."""
    _one_of("framework", request.framework, FRAMEWORKS)
    _one_of("model", request.model, tuple(NETWORKS))
    _one_of("precision", request.precision, PRECISIONS)
    _one_of("execution", request.execution, EXECUTIONS)
    _one_of("feeding", request.feeding, FEEDINGS)
    if request.checkpoint_path is not None:
        checkpoint.check(request.framework, request.checkpoint_path)
    if request.script_path is not None and not Path(request.script_path).is_file():
        raise InputError(f"{request.script_path}: no such file")
    if reason := lacking(request):
        raise InputError(_LACKING[reason], reason)
    if reason := strategies.lacking(request):
        raise InputError(_LACKING_STRATEGY[reason], reason)
    if request.batch_size < 1:
        raise InputError(f"batch size {request.batch_size}: expected 1 or more")
    if request.epochs < 1:
        raise InputError(f"{request.epochs} epochs: expected 1 or more")
    if not 0 <= request.seed < _SEEDS:
        raise InputError(f"seed {request.seed}: expected 0 to {_SEEDS - 1}")


def check_batch_size(batch_size: int, samples: int) -> None:
    """Raise InputError for a batch that the data cannot fill once."""
    if batch_size > samples:
        raise InputError(
            f"batch size {batch_size}: the data have only {samples} training images",
            "batch_larger_than_data",
            {"batch_size": str(batch_size), "samples": str(samples)},
        )


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{what} {value!r}: training knows {', '.join(known)}")


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
    if device.key == "cpu" and team.exchange is None:
        meter.neighbours = Neighbours()
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
    # It may be named as a library that the framework has not imported yet.
    importlib.import_module(_TRAINERS[request.framework][0])
    images = own_script.load(request.script_path).images(request)
    check_batch_size(request.batch_size, images.train_samples)
    # A loss of the file's own may be of any size.
    meter.plan = replace(_plan(request, images), guessing_loss=None)
    return images


def trainer(request: TrainingRequest, steps: int, device: FrameworkDevice) -> Any:
    """Return a network on a device, ready to be fitted in `steps` batches."""
    trainers = _TRAINERS if request.script_path is None else _OWN_TRAINERS
    module, name = trainers[request.framework]
    return getattr(importlib.import_module(module), name)(request, steps, device)


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
