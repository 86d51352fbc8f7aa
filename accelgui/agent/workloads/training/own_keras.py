"""Training a person's own Keras model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from accelgui.agent.workloads.training import own_script
from accelgui.agent.workloads.training.keras_fit import KerasTraining, compile_model, keras
from accelgui.agent.workloads.training.own_model import (
    gives_probabilities,
    require_framework,
    require_something_to_train,
)

if TYPE_CHECKING:
    import threading

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.meter import Meter


# What fit tells of every batch and epoch, unless a model has steps of its own.
_LOGGED = {"loss", "accuracy", "val_loss", "val_accuracy"}


class OwnKerasTraining(KerasTraining):
    """As its parent, with the model that the file builds.

    A model that is compiled keeps its optimizer and loss; only the accuracy is added.
    """

    def fit(self, images: Images, meter: Meter, stop: threading.Event) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        script = own_script.load(self._request.script_path)
        try:
            with script.blamed():
                super().fit(self._labelled(images), meter, stop)
        except KeyError as error:
            if error.args[0] not in _LOGGED:
                raise
            problem = f"the model's own train_step or test_step tells no {error.args[0]!r}"
            raise script.problem(problem) from error

    def learning_rate(self) -> float:
        """Return it as the model's own optimizer has it now."""
        return float(self._model.optimizer.learning_rate)

    def _built(self, steps: int) -> Any:
        script = own_script.load(self._request.script_path)
        images = script.images(self._request)
        model = script.build_model()
        require_framework(script, model, "tensorflow")
        has_probabilities = gives_probabilities(
            script, images, lambda inputs: _as_numpy(model(inputs, training=False))
        )
        require_something_to_train(script, len(model.trainable_weights))
        with script.blamed("build_model"):
            if getattr(model, "compiled", False):
                self._compile_again(model)
            else:
                loss = script.loss or keras.losses.SparseCategoricalCrossentropy(
                    from_logits=not has_probabilities
                )
                compile_model(model, script.learning_rate, self._request, steps, self._device, loss)
        return model

    def _compile_again(self, model: Any) -> None:
        is_asked = self._request.execution != "default"
        model.compile(
            optimizer=model.optimizer,
            loss=model.loss,
            metrics=["accuracy"],
            run_eagerly=self._request.execution == "eager" if is_asked else model.run_eagerly,
            jit_compile=self._request.execution == "xla" if is_asked else model.jit_compile,
        )

    def _labelled(self, images: Images) -> Images:
        """Return the images with one-hot labels where the model's loss takes those."""
        name = getattr(self._model.loss, "name", None) or getattr(
            self._model.loss, "__name__", self._model.loss
        )
        if name != "categorical_crossentropy":
            return images
        classes = int(self._model.output_shape[-1])
        hot = np.eye(classes, dtype=np.float32)
        return replace(images, y_train=hot[images.y_train], y_validation=hot[images.y_validation])


def _as_numpy(outputs: Any) -> Any:
    return keras.ops.convert_to_numpy(outputs) if keras.ops.is_tensor(outputs) else outputs
