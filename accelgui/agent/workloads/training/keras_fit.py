"""Training with TensorFlow, written as one would write it with Keras today."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

import tensorflow as tf

from accelgui.agent.failures import FrameworkError
from accelgui.agent.workloads.training.distributed.tensorflow_strategy import strategy_on_one_core
from accelgui.agent.workloads.training.keras_networks import build, set_weights
from accelgui.agent.workloads.training.networks import NETWORKS, VALIDATION_BATCH_SIZE
from accelgui.agent.workloads.training.own_words import failures_told
from accelgui.agent.workloads.training.reporter import Reporter

if TYPE_CHECKING:
    import threading

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

keras = tf.keras


class KerasTraining:
    """A network on a device, ready to be fitted in `steps` batches.

    Raises FrameworkError where TensorFlow cannot build it there; MemoryLackingError where there
    is no room for it.
    """

    def __init__(self, request: TrainingRequest, steps: int, device: FrameworkDevice) -> None:
        self._request = request
        self._device = device
        _require_keras_3()
        with failures_told(device):
            self._scope = _restrict_to(device)
            configure(request)
            with self._scope():
                self._model = self._built(steps)
        _require_placement(self._model, device)

    @property
    def parameters_count(self) -> int:
        """How many numbers are trained."""
        return int(self._model.count_params())

    def fit(self, images: Images, meter: Meter, stop: threading.Event) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with failures_told(self._device), self._scope():
            self._model.fit(
                **self._training_data(images),
                epochs=self._request.epochs,
                validation_data=(images.x_validation, images.y_validation),
                validation_batch_size=max(self._request.batch_size, VALIDATION_BATCH_SIZE),
                callbacks=Reporter(self._model, meter, stop),
            )

    def save(self, path: str) -> None:
        """Write network and weights to a .keras file."""
        self._model.save(path)

    def _built(self, steps: int) -> Any:
        """Return the network, compiled and with the weights that it starts from."""
        network = NETWORKS[self._request.model]
        model = build(network)
        compile_model(model, network.learning_rate, self._request, steps, self._device)
        set_weights(model, network, self._request.seed)
        return model

    def _training_data(self, images: Images) -> dict[str, Any]:
        request = self._request
        if request.feeding == "default":
            return {"x": images.x_train, "y": images.y_train, "batch_size": request.batch_size}
        dataset = tf.data.Dataset.from_tensor_slices((images.x_train, images.y_train))
        if request.feeding == "prefetch":
            dataset = dataset.cache()
        dataset = dataset.shuffle(images.train_samples, request.seed).batch(request.batch_size)
        if request.feeding == "prefetch":
            dataset = dataset.prefetch(tf.data.AUTOTUNE)
        return {"x": dataset}


def _restrict_to(device: FrameworkDevice) -> Callable[[], Any]:
    """Leave TensorFlow the one GPU that was chosen, or none; returns the scope to work in."""
    kind, _, number = device.key.partition(":")
    if kind == "tpu":
        # A TPU runs compiled programs only, which TensorFlow makes under this strategy alone.
        return strategy_on_one_core().scope  # type: ignore[no-any-return]
    gpus = tf.config.list_physical_devices("GPU")
    try:
        tf.config.set_visible_devices([gpus[int(number)]] if kind == "gpu" else [], "GPU")
    except RuntimeError:
        # TensorFlow is at work in this process already, on a ladder: what it sees is settled, and
        # the one GPU among it is number 0.
        return partial(tf.device, f"/{kind.upper()}:0")
    return nullcontext


def _require_keras_3() -> None:
    version = str(getattr(keras, "__version__", "2"))
    if version.startswith("2"):
        raise FrameworkError(f"training needs Keras 3 (TensorFlow 2.16 or later), not {version}")


def configure(request: TrainingRequest) -> None:
    """Set Keras up as the request has it, whatever a person's files say."""
    # A person's keras.json may say otherwise.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy(request.precision)
    if request.tf32 is not None:
        tf.config.experimental.enable_tensor_float_32_execution(request.tf32)
    # The order of the batches; the weights have a generator of their own.
    keras.utils.set_random_seed(request.seed)


def compile_model(
    model: Any,
    learning_rate: float,
    request: TrainingRequest,
    steps: int,
    device: FrameworkDevice,
    loss: Any = None,
) -> None:
    """Compile with Adam; the loss is the cross-entropy of logits where none is given."""
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        ),
        loss=loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        run_eagerly=request.execution == "eager",
        jit_compile=_jit_compile(request, device),
    )


def _jit_compile(request: TrainingRequest, device: FrameworkDevice) -> Any:
    if request.execution != "default":
        return request.execution == "xla"
    # "auto" compiles with XLA as soon as the machine has a GPU, even for work on the CPU.
    return False if device.key == "cpu" else "auto"


def _require_placement(model: Any, device: FrameworkDevice) -> None:
    """Raise where the network is elsewhere: it would be measured under a wrong name."""
    wanted = device.key.partition(":")[0].upper()
    placed = str(model.trainable_weights[0].value.device)
    if f":{wanted}:" not in placed:
        raise FrameworkError(f"TensorFlow placed the network on {placed}, not on {device.name}")
