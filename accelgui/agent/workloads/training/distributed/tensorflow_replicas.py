"""Training with TensorFlow on several devices: a step of one's own under a tf.distribute strategy.

Model.fit would take the mean of the replicas' means: in the last, smaller batch of an epoch that is
not the mean over the batch, and the replicas would not compute what one device does. Here each
replica adds its losses, divided by what the whole batch has of them, and the strategy adds up the
gradients.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from accelgui.agent.workloads.training import keras_fit
from accelgui.agent.workloads.training.distributed.agreement import Agreement
from accelgui.agent.workloads.training.distributed.shares import batches, up_to
from accelgui.agent.workloads.training.distributed.tensorflow_strategy import strategy_on
from accelgui.agent.workloads.training.feeding import ahead
from accelgui.agent.workloads.training.keras_networks import build, set_weights
from accelgui.agent.workloads.training.networks import NETWORKS, VALIDATION_BATCH_SIZE
from accelgui.agent.workloads.training.own_words import failures_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.distributed.team import Team
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

keras = tf.keras


class KerasReplicas:
    """A network on several devices, ready to be fitted in `steps` batches."""

    def __init__(
        self,
        request: TrainingRequest,
        steps: int,
        devices: tuple[FrameworkDevice, ...],
        team: Team,
    ) -> None:
        network = NETWORKS[request.model]
        self._request = request
        self._device = devices[0]
        self._team = team
        with failures_told(self._device):
            self._strategy = getattr(team, "strategy", None) or strategy_on(devices)
            keras_fit.configure(request)
            with self._strategy.scope():
                self._model = build(network)
                self._adam = _adam(network.learning_rate, steps, request.precision)
                self._adam.build(self._model.trainable_variables)
            set_weights(self._model, network, request.seed)
            self._losses = keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, reduction="none"
            )
            self._train_step = self._compiled(self._step)
            self._judge_step = self._compiled(self._judge)

    @property
    def parameters_count(self) -> int:
        """How many numbers are trained."""
        return int(self._model.count_params())

    def fit(self, images: Images, meter: Meter, stop: Any) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device):
            agreement = Agreement(meter, stop, self._team.exchange, self._team.rank == 0)
            train = self._fed(images.x_train, images.y_train)
            validation = self._fed(images.x_validation, images.y_validation)
            generator = np.random.default_rng(self._request.seed)
            for _ in range(self._request.epochs):
                meter.begin_epoch()
                order = generator.permutation(images.train_samples)
                self._train_epoch(train, order, agreement)
                meter.end_epoch(*self._validate(validation, images.validation_samples))

    def save(self, path: str) -> None:
        """Write network and weights to a .keras file."""
        self._model.save(path)

    def _compiled(self, step: Any) -> Any:
        """Return a step on one replica as one on all of them."""
        on_all = _OnAll(self._strategy, step)
        return on_all if self._request.execution == "eager" else tf.function(on_all)

    def _fed(self, x: Any, y: Any) -> _Fed:
        stays = self._request.feeding in {"default", "device"}
        return _Fed(self._strategy, x, y, stays=stays)

    def _train_epoch(self, data: _Fed, order: Any, agreement: Agreement) -> None:
        # Kept on the devices: reading them is what would make each step wait for them.
        sums = tf.zeros(2)
        seen = 0.0
        fed = data.batches(order, self._request.batch_size)
        for batch, samples in ahead(fed) if self._request.feeding == "prefetch" else fed:
            sums = self._train_step(sums, *batch)
            seen += samples
            agreement.after_step(partial(_means, sums, seen))

    def _validate(self, data: _Fed, samples: int) -> list[float]:
        """Return the mean loss and the accuracy."""
        size = max(self._request.batch_size, VALIDATION_BATCH_SIZE)
        sums = tf.zeros(2)
        for batch, _ in data.batches(np.arange(samples), up_to(size, self._team.replicas_count)):
            sums = self._judge_step(sums, *batch)
        means: list[float] = (sums.numpy() / samples).tolist()
        return means

    def _step(self, x: Any, y: Any, counts: Any, whole: Any) -> Any:
        """Do one step on a replica; returns the sums of its losses and right answers."""
        gradients, told = self._gradients(x, y, counts, whole)
        self._adam.apply_gradients(zip(gradients, self._model.trainable_variables))
        return told

    def _gradients(self, x: Any, y: Any, counts: Any, whole: Any) -> Any:
        if self._request.execution == "xla" and self._device.key.partition(":")[0] != "tpu":
            # The sum over replicas is no business of XLA's here.
            return tf.function(self._differentiated, jit_compile=True)(x, y, counts, whole)
        return self._differentiated(x, y, counts, whole)

    def _differentiated(self, x: Any, y: Any, counts: Any, whole: Any) -> Any:
        variables = self._model.trainable_variables
        with tf.GradientTape() as tape:
            logits = self._model(x, training=True)
            losses = self._losses(y, logits)
            scaled = self._adam.scale_loss(tf.reduce_sum(losses * counts) / whole)
        return tape.gradient(scaled, variables), _told(losses, logits, y, counts)

    def _judge(self, x: Any, y: Any, counts: Any, whole: Any) -> Any:  # noqa: ARG002 - As a step.
        logits = self._model(x, training=False)
        return _told(self._losses(y, logits), logits, y, counts)


class _OnAll:
    """A step on every replica: the share of a batch that is its own, then the sum over all."""

    def __init__(self, strategy: Any, step: Any) -> None:
        self._strategy = strategy
        self._step = step

    def __call__(self, sums: Any, *batch: Any) -> Any:
        told = self._strategy.run(self._on_one, args=batch)
        return sums + self._strategy.reduce(tf.distribute.ReduceOp.SUM, told, axis=None)

    def _on_one(self, images: Any, labels: Any, rows: Any, counts: Any, whole: Any) -> Any:
        return self._step(tf.gather(images, rows), tf.gather(labels, rows), counts, whole[0])


class _Fed:
    """Images and labels as the replicas take them: all on each device, or a share of each batch."""

    def __init__(self, strategy: Any, x: Any, y: Any, *, stays: bool) -> None:
        self._strategy = strategy
        self._x, self._y = x, y
        self._placed = self._each([x, y]) if stays else None

    def batches(self, order: Any, size: int) -> Iterator[tuple[tuple[Any, ...], float]]:
        """Yield what a step takes, and how many samples count in it."""
        for rows, counts in batches(order, size):
            samples = float(counts.sum())
            whole = np.full(self._strategy.num_replicas_in_sync, samples, np.float32)
            if self._placed is not None:
                yield (*self._placed, *self._each([], rows, counts, whole)), samples
            else:
                own_rows = np.tile(np.arange(size // len(whole), dtype=np.int32), len(whole))
                moved = self._x[rows], self._y[rows], own_rows
                yield self._each([], *moved, counts, whole), samples

    def _each(self, whole: list[Any], *shared: Any) -> tuple[Any, ...]:
        """Return distributed values: for each replica of this process all, or its share."""
        devices = self._strategy.extended.worker_devices
        count = self._strategy.num_replicas_in_sync
        given: list[tuple[Any, ...]] = []

        def value(context: Any) -> tuple[Any, ...]:
            replica = context.replica_id_in_sync_group
            with tf.device(devices[len(given)]):
                shares = [np.split(array, count)[replica] for array in shared]
                given.append(tuple(map(tf.convert_to_tensor, (*whole, *shares))))
            return given[-1]

        distributed: tuple[Any, ...] = self._strategy.experimental_distribute_values_from_function(
            value
        )
        return distributed


def _adam(learning_rate: float, steps: int, precision: str) -> Any:
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps))
    # Model.compile does this by itself: float16 gradients underflow unless the loss is scaled.
    return keras.optimizers.LossScaleOptimizer(adam) if precision == "mixed_float16" else adam


def _means(sums: Any, samples: float) -> tuple[float, float]:
    loss, accuracy = (sums.numpy() / samples).tolist()
    return loss, accuracy


def _told(losses: Any, logits: Any, labels: Any, counts: Any) -> Any:
    answers = tf.argmax(logits, axis=1, output_type=tf.int32)
    right = tf.cast(tf.equal(answers, tf.cast(labels, tf.int32)), tf.float32)
    return tf.stack([tf.reduce_sum(losses * counts), tf.reduce_sum(right * counts)])
