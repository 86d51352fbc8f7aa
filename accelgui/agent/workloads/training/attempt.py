"""Whether a batch of a certain size fits: two steps and one validation, and nobody is told more."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.agent import backends
from accelgui.agent.memory import host
from accelgui.agent.workloads.training import data, own_script
from accelgui.agent.workloads.training.meter import Interrupted, Meter
from accelgui.agent.workloads.training.plan import Plan
from accelgui.agent.workloads.training.refusals import check
from accelgui.agent.workloads.training.trainers import import_framework, trainer
from accelgui.agent.workloads.training.training import prepare_environment
from accelgui.model.events import Progress

if TYPE_CHECKING:
    import threading

    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.data import Images
    from accelgui.model.events import Event
    from accelgui.model.requests import TrainingRequest

# The optimizer's own numbers come into being in the first step; the second has all there is.
_STEPS = 2

# The rest is for what the machine does meanwhile.
_SHARE_OF_HOST = 0.95


def try_batch(request: TrainingRequest, channel: Channel) -> None:
    """Train a little; raises MemoryLackingError where the batch does not fit, as train does.

    The steps are taken with all data in place, then a validation follows with little of them.
    """
    request = replace(request, epochs=_STEPS, checkpoint_path=None)
    check(request)
    images = data.load(request.data_path, any_shape=request.script_path is not None)
    channel.send(Progress(0, 1, "import"))
    prepare_environment()
    backend = backends.load(request.framework)
    device = backends.choose_device(backend, request.device)
    if device.key == "cpu":
        host.keep_within(_SHARE_OF_HOST)
    if request.script_path is not None:
        import_framework(request.framework)
        images = own_script.load(request.script_path).images(request)
    plan = Plan(images.train_samples, request.batch_size, request.epochs)
    training = trainer(request, plan.steps, device)
    for part in (images, _one_batch(images, request.batch_size)):
        meter = Meter(replace(plan, train_samples=part.train_samples), _nobody)
        meter.start()
        with suppress(Interrupted):
            training.fit(part, meter, _Enough(meter, channel.stopping))


class _Enough:
    """Is set, like an Event, when enough steps were taken."""

    def __init__(self, meter: Meter, stopping: threading.Event) -> None:
        self._meter = meter
        self._stopping = stopping

    def is_set(self) -> bool:
        """Whether the training may end."""
        return self._meter.step >= _STEPS or self._stopping.is_set()


def _one_batch(images: Images, batch_size: int) -> Images:
    return replace(images, x_train=images.x_train[:batch_size], y_train=images.y_train[:batch_size])


def _nobody(_event: Event) -> None:
    """Nobody listens."""
