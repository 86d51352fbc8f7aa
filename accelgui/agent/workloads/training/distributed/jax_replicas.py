"""Training with JAX on several devices: the same step, compiled for arrays that lie on a mesh.

Weights and data lie on every device, each batch is split among them; the compiler adds the sums
over devices. That holds for CPUs, GPUs and TPUs, and for all processes of jax.distributed.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from accelgui.agent.workloads.training.distributed.agreement import Agreement
from accelgui.agent.workloads.training.distributed.shares import batches, up_to
from accelgui.agent.workloads.training.feeding import ahead
from accelgui.agent.workloads.training.jax_fit import HALF, JaxTraining
from accelgui.agent.workloads.training.jax_step import first_state, judge, step
from accelgui.agent.workloads.training.networks import VALIDATION_BATCH_SIZE
from accelgui.agent.workloads.training.own_words import failures_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.distributed.team import Team
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

_AXIS = "replicas"


class JaxReplicas(JaxTraining):
    """A network on several devices, ready to be fitted in `steps` batches."""

    def __init__(
        self,
        request: TrainingRequest,
        steps: int,
        devices: tuple[FrameworkDevice, ...],
        team: Team,
    ) -> None:
        self._request = request
        self._device = devices[0]
        self._team = team
        with failures_told(self._device):
            mesh = Mesh(np.array(all_devices(self._device)), (_AXIS,))
            self._everywhere = NamedSharding(mesh, PartitionSpec())
            self._shared = NamedSharding(mesh, PartitionSpec(_AXIS))
            learner, weights = self._built()
            half = HALF.get(request.precision)
            self._state = self._on_device(first_state(weights, half, request.seed))

            def fed(state: Any, sums: Any, images: Any, labels: Any, counts: Any) -> Any:
                return step(learner, steps, half, state, sums, images, labels, slice(None), counts)

            compiled = partial(jax.jit, donate_argnums=0, out_shardings=self._everywhere)
            self._step = compiled(partial(step, learner, steps, half))
            self._fed_step = compiled(fed)
            self._judge = jax.jit(partial(judge, learner, half), out_shardings=self._everywhere)

    def fit(self, images: Images, meter: Meter, stop: Any) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device), self._in_force():
            agreement = Agreement(meter, stop, self._team.exchange, self._team.rank == 0)
            train = images.x_train, images.y_train
            if self._stays:
                train = self._on_device(train)
            validation = self._on_device((images.x_validation, images.y_validation))
            generator = np.random.default_rng(self._request.seed)
            for _ in range(self._request.epochs):
                meter.begin_epoch()
                order = generator.permutation(images.train_samples)
                self._train_shared(train, order, agreement)
                meter.end_epoch(*self._validate_shared(validation, images.validation_samples))

    @property
    def _stays(self) -> bool:
        return self._request.feeding in {"default", "device"}

    @contextmanager
    def _in_force(self) -> Iterator[None]:
        """Hold execution and TF32 as the request has them; the arrays have places."""
        with ExitStack() as stack:
            if self._request.execution == "eager":
                stack.enter_context(jax.disable_jit())
            if self._request.tf32 is not None:
                name = "tensorfloat32" if self._request.tf32 else "float32"
                stack.enter_context(jax.default_matmul_precision(name))
            yield

    def _on_device(self, arrays: Any) -> Any:
        """Put arrays on every device."""
        return jax.tree_util.tree_map(partial(_placed, self._everywhere), arrays)

    def _train_shared(self, data: Any, order: Any, agreement: Agreement) -> None:
        # Kept on the devices: reading them is what would make each step wait for them.
        sums = self._on_device(np.zeros(2, np.float32))
        seen = 0.0
        fed = self._shares(data, order)
        for batch, samples in ahead(fed) if self._request.feeding == "prefetch" else fed:
            act = self._step if self._stays else self._fed_step
            self._state, sums = act(self._state, sums, *batch)
            seen += samples
            agreement.after_step(partial(_means, sums, seen))

    def _shares(self, data: Any, order: Any) -> Iterator[tuple[tuple[Any, ...], float]]:
        """Yield what a step takes, and how many samples count in it."""
        images, labels = data
        for rows, counts in batches(order, self._request.batch_size):
            samples = float(counts.sum())
            if self._stays:
                yield (images, labels, *self._split(rows, counts)), samples
            else:
                yield self._split(images[rows], labels[rows], counts), samples

    def _split(self, *arrays: Any) -> tuple[Any, ...]:
        return tuple(_placed(self._shared, array) for array in arrays)

    def _validate_shared(self, data: Any, samples: int) -> list[float]:
        """Return the mean loss and the accuracy."""
        size = up_to(
            max(self._request.batch_size, VALIDATION_BATCH_SIZE), self._team.replicas_count
        )
        sums = np.zeros(2, np.float32)
        for rows, counts in batches(np.arange(samples), size):
            told = self._judge(self._state["weights"], *data, *self._split(rows, counts))
            sums += np.asarray(told)
        means: list[float] = (sums / samples).tolist()
        return means


def all_devices(device: FrameworkDevice) -> list[Any]:
    """Return the devices of the kind of `device` in all processes, in the order of the mesh."""
    if device.key == "cpu":
        return list(jax.devices("cpu"))
    return [d for d in jax.devices() if d.platform != "cpu"]


def _means(sums: Any, samples: float) -> tuple[float, float]:
    loss, accuracy = (np.asarray(sums) / samples).tolist()
    return loss, accuracy


def _placed(sharding: Any, array: Any) -> Any:
    """Return an array that lies as the sharding says; each process brings what is its own."""
    array = np.asarray(array)
    return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])
