"""Training with JAX alone: a loop around compiled steps."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from accelgui.agent.workloads.training.feeding import ahead
from accelgui.agent.workloads.training.jax_networks import forward
from accelgui.agent.workloads.training.jax_step import Learner, first_state, judge, step
from accelgui.agent.workloads.training.meter import Interrupted
from accelgui.agent.workloads.training.networks import (
    NETWORKS,
    VALIDATION_BATCH_SIZE,
    initial_weights,
    weights_of,
)
from accelgui.agent.workloads.training.own_words import failures_told

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

HALF = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


class JaxTraining:
    """A network on a device, ready to be fitted in `steps` batches.

    Raises FrameworkError where JAX cannot build it there; MemoryLackingError where there
    is no room for it.
    """

    def __init__(self, request: TrainingRequest, steps: int, device: FrameworkDevice) -> None:
        self._request = request
        self._device = device
        with failures_told(device):
            self._place = _find(device)
            learner, weights = self._built()
            half = HALF.get(request.precision)
            self._state = self._on_device(first_state(weights, half, request.seed))
            self._step = jax.jit(partial(step, learner, steps, half), donate_argnums=0)
            self._judge = jax.jit(partial(judge, learner, half))

    @property
    def parameters_count(self) -> int:
        """How many numbers are trained."""
        return sum(int(weight.size) for weight in self._state["weights"])

    def fit(self, images: Images, meter: Meter, stop: threading.Event) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device), self._in_force():
            train = images.x_train, images.y_train
            if self._request.feeding in {"default", "device"}:
                train = self._on_device(train)
            validation = self._on_device((images.x_validation, images.y_validation))
            generator = np.random.default_rng(self._request.seed)
            for _ in range(self._request.epochs):
                meter.begin_epoch()
                order = generator.permutation(images.train_samples)
                self._train_epoch(train, order, meter, stop)
                meter.end_epoch(*self._validate(validation, stop))

    def save(self, path: str) -> None:
        """Write the weights as arrays weight_0, weight_1, … in their order."""
        arrays: dict[str, Any] = {
            f"weight_{number}": np.asarray(weight)
            for number, weight in enumerate(self._state["weights"])
        }
        np.savez(path, **arrays)

    def _built(self) -> tuple[Learner, list[Any]]:
        """Return the network, and the weights that it starts from."""
        network = NETWORKS[self._request.model]
        weights = initial_weights(weights_of(network), self._request.seed)
        learner = Learner(
            partial(forward, network), network.learning_rate, has_dropout=network.dropout > 0
        )
        return learner, weights

    @contextmanager
    def _in_force(self) -> Iterator[None]:
        """Hold device, execution and TF32 as the request has them."""
        with jax.default_device(self._place), ExitStack() as stack:
            if self._request.execution == "eager":
                stack.enter_context(jax.disable_jit())
            if self._request.tf32 is not None:
                name = "tensorfloat32" if self._request.tf32 else "float32"
                stack.enter_context(jax.default_matmul_precision(name))
            yield

    def _on_device(self, arrays: Any) -> Any:
        # Without a place of their own, arguments would have the step compiled twice.
        return jax.device_put(arrays, self._place)

    def _train_epoch(self, data: Any, order: Any, meter: Meter, stop: threading.Event) -> None:
        # Kept on the device: reading them is what would make each step wait for it.
        sums = self._on_device(np.zeros(2, np.float32))
        seen = 0
        fed = self._fed(data, order)
        for batch, samples in ahead(fed) if self._request.feeding == "prefetch" else fed:
            self._state, sums = self._step(self._state, sums, *batch)
            seen += samples
            meter.step += 1
            stopping = stop.is_set()
            if stopping or meter.due():
                meter.take(*(np.asarray(sums) / seen).tolist())
            if stopping:
                raise Interrupted

    def _fed(self, data: Any, order: Any) -> Iterator[tuple[tuple[Any, ...], int]]:
        """Yield what a step takes, and how many samples count in it."""
        size = self._request.batch_size
        images, labels = data
        for rows, counts, samples in self._batches(order, size):
            if self._request.feeding in {"default", "device"}:
                yield (images, labels, rows, counts), samples
            else:
                moved = self._on_device((images[rows], labels[rows]))
                yield (*moved, np.arange(size, dtype=np.int32), counts), samples

    def _batches(self, order: Any, size: int) -> Iterator[tuple[Any, Any, int]]:
        """Yield rows, which of them count, as float32 of 0 and 1, and how many.

        All batches have one size, since another one would be compiled anew: what the last one
        lacks is filled up with rows that do not count.
        """
        order = order.astype(np.int32)
        whole = len(order) - len(order) % size
        # Moved to the device once, not with each batch.
        all_count = self._on_device(np.ones(size, np.float32))
        for start in range(0, whole, size):
            yield order[start : start + size], all_count, size
        if left := len(order) - whole:
            some_count = self._on_device((np.arange(size) < left).astype(np.float32))
            yield np.resize(order[whole:], size), some_count, left

    def _validate(self, data: Any, stop: threading.Event) -> list[float]:
        """Return the mean loss and the accuracy."""
        samples = len(data[1])
        size = max(self._request.batch_size, VALIDATION_BATCH_SIZE)
        sums = self._on_device(np.zeros(2, np.float32))
        for rows, counts, _ in self._batches(np.arange(samples), size):
            if stop.is_set():
                raise Interrupted
            sums += self._judge(self._state["weights"], *data, rows, counts)
        means: list[float] = (np.asarray(sums) / samples).tolist()
        return means


def _find(device: FrameworkDevice) -> Any:
    found = jax.local_devices() + jax.local_devices(backend="cpu")
    return next(candidate for candidate in found if str(candidate) == device.name)
