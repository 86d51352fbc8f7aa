"""The acceleration ladder: the same training again and again, with one technique more each time."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent import backends
from accelgui.agent.failures import InputError, WorkError
from accelgui.agent.workloads.training import data
from accelgui.agent.workloads.training.course import Course
from accelgui.agent.workloads.training.distributed import rung as sharing
from accelgui.agent.workloads.training.distributed.places import beside
from accelgui.agent.workloads.training.energy import EnergyCounter
from accelgui.agent.workloads.training.meter import Interrupted, Meter
from accelgui.agent.workloads.training.plan import Plan
from accelgui.agent.workloads.training.refusals import check, check_batch_size
from accelgui.agent.workloads.training.room import make_room
from accelgui.agent.workloads.training.rungs import BATCH_FACTOR, ground, obstacle, rungs, with_rung
from accelgui.agent.workloads.training.trainers import trainer
from accelgui.agent.workloads.training.training import prepare_environment
from accelgui.agent.workloads.training.worth import Worth
from accelgui.model.events import LadderRung, LadderStarted, Progress

if TYPE_CHECKING:
    from accelgui.agent.backends import Backend
    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.training.data import Images
    from accelgui.model.requests import LadderRequest, TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

# Kept small: only to see whether the loss is still that of the first rung.
_VALIDATION_SAMPLES = 128


def climb(request: LadderRequest, channel: Channel) -> None:
    """Measure rung after rung and tell of each.

    Raises InputError for a request that cannot be, WorkError where this Python or device fails
    before the first rung; a rung that fails is told as one that this machine cannot do.
    """
    if not 0 < request.measure_s <= 600:
        raise InputError(f"{request.measure_s} s for each rung: expected more than 0, at most 600")
    channel.send(Progress(0, 1, "data"))
    images = data.load(request.data_path)
    check_batch_size(request.batch_size, images.train_samples)
    channel.send(Progress(0, 1, "import"))
    prepare_environment()
    backend = backends.load(request.framework)
    device = backends.choose_device(backend, request.device)
    base = ground(request, backend, device)
    check(base)
    _Ladder(request, channel, images, backend, device).climb(base)


class _Ladder:
    """What the rungs have in common."""

    def __init__(
        self,
        request: LadderRequest,
        channel: Channel,
        images: Images,
        backend: Backend,
        device: FrameworkDevice,
    ) -> None:
        self._request = request
        self._channel = channel
        self._images = images
        self._backend = backend
        self._device = device
        self._worth = Worth(request)

    def climb(self, base: TrainingRequest) -> None:
        codes = rungs(self._device)
        threads_count = make_room(self._backend, self._channel.stopping)
        self._worth.leave_cores(threads_count)
        self._channel.send(
            LadderStarted(
                framework=self._request.framework,
                framework_version=self._backend.version,
                device=self._device.key,
                device_name=self._device.description or self._device.name,
                model=self._request.model,
                rungs=codes,
                threads_count=threads_count,
            )
        )
        for number, code in enumerate(codes):
            if self._channel.stopping.is_set():
                return
            self._channel.send(Progress(number, len(codes), f"rung_{code}"))
            wanted = with_rung(code, base, self._device)
            rung = self._rung(code, wanted)
            if rung is None:
                return
            self._channel.send(rung)
            if rung.is_kept:
                base = wanted
        self._channel.send(Progress(len(codes), len(codes), "done", 0.0))

    def _rung(self, code: str, request: TrainingRequest) -> Optional[LadderRung]:
        """Return what a rung came to, None where it was interrupted."""
        is_shared = code == "all_devices"
        rung = LadderRung(
            rung=code,
            device=self._device.key if is_shared else request.device,
            replicas_count=len(beside(self._device, self._backend)) if is_shared else 1,
            batch_size=request.batch_size,
            execution=request.execution,
            precision=request.precision,
        )
        if reason := obstacle(code, request, self._backend, self._device):
            return replace(rung, reason=reason)
        try:
            course = self._run_in_peace(request, code)
        except WorkError as error:
            return replace(rung, reason=error.code or "failed", message=str(error))
        if self._channel.stopping.is_set():
            return None
        if not course.rates:
            return replace(rung, reason="not_finite")
        return self._worth.judged(rung, course)

    def _run_in_peace(self, request: TrainingRequest, code: str) -> Course:
        """Measure again where other programs disturbed; returns the calmer of both."""
        course = self._run(request, code)
        if code == "all_devices" or not self._worth.is_disturbed(course):
            return course
        if self._channel.stopping.is_set():
            return course
        again = self._run(request, code)
        return min((again, course), key=self._worth.disturbance)

    def _run(self, request: TrainingRequest, code: str) -> Course:
        images = _whole_batches(self._images, request.batch_size, code)
        device = backends.choose_device(self._backend, request.device)
        plan = Plan(images.train_samples, request.batch_size, request.epochs)
        course = Course(
            self._channel.stopping, EnergyCounter(device), plan, self._request.measure_s
        )
        if code == "all_devices":
            sharing.run(request, images, course)
            return course
        meter = Meter(plan, course.take)
        if code == "cpu_eager" and device != self._device:
            # TensorFlow settles which GPUs it sees with the first work that it does.
            trainer(replace(request, device=self._device.key), plan.steps, self._device)
        training: Any = trainer(request, plan.steps, device)
        meter.start()
        try:
            training.fit(images, meter, course)
        except Interrupted:
            pass
        finally:
            # The next rung must find the memory that this one held.
            del training
            gc.collect()
        return course


def _whole_batches(images: Images, batch_size: int, code: str) -> Images:
    """Return images that fill whole batches, so that no step has a shape of its own to compile.

    A larger batch gets as many more images, so that its epochs have as many steps.
    """
    import numpy as np

    x, y = images.x_train, images.y_train
    if code == "larger_batch":
        x, y = np.concatenate(BATCH_FACTOR * [x]), np.concatenate(BATCH_FACTOR * [y])
    whole = len(y) // batch_size * batch_size
    return replace(
        images,
        x_train=x[:whole],
        y_train=y[:whole],
        x_validation=images.x_validation[:_VALIDATION_SAMPLES],
        y_validation=images.y_validation[:_VALIDATION_SAMPLES],
    )
