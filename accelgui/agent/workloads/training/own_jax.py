"""Training a person's own pair of JAX functions."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Optional

import jax
import jax.numpy as jnp
import numpy as np

from accelgui.agent.workloads.training import own_script
from accelgui.agent.workloads.training.jax_fit import JaxTraining
from accelgui.agent.workloads.training.jax_step import Learner, cross_entropy
from accelgui.agent.workloads.training.own_model import (
    gives_probabilities,
    require_framework,
    require_something_to_train,
)

if TYPE_CHECKING:
    import threading

    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.agent.workloads.training.own_script import OwnScript

# Below it the logarithm of a probability is cut off.
_LEAST = 1e-7


class OwnJaxTraining(JaxTraining):
    """As its parent, with the (init, apply) that the file builds and the loss that it may have."""

    def fit(self, images: Images, meter: Meter, stop: threading.Event) -> None:
        """Train to the end; raises Interrupted when `stop` is set or the loss is not finite."""
        with own_script.load(self._request.script_path).blamed():
            super().fit(images, meter, stop)

    def _built(self) -> tuple[Learner, list[Any]]:
        script = own_script.load(self._request.script_path)
        images = script.images(self._request)
        pair = script.build_model()
        require_framework(script, pair, "jax")
        init, apply = pair
        with jax.default_device(self._place):
            with script.blamed("build_model"):
                key = jax.random.PRNGKey(self._request.seed)
                leaves, tree = jax.tree_util.tree_flatten(_params(init, key, images))
            weights = [_as_weight(script, leaf) for leaf in leaves]
            require_something_to_train(script, len(weights))

            def forward(weights: list[Any], x: Any, half: Optional[str], _key: Any) -> Any:
                if half is not None:
                    weights = [weight.astype(half) for weight in weights]
                    x = x.astype(half) if jnp.issubdtype(x.dtype, jnp.floating) else x
                outputs = apply(jax.tree_util.tree_unflatten(tree, weights), x)
                # Softmax and loss in float32: in half precision they under- and overflow.
                return outputs.astype("float32") if hasattr(outputs, "astype") else outputs

            losses = script.loss or cross_entropy

            def call(inputs: Any) -> Any:
                outputs = forward(weights, jnp.asarray(inputs), None, None)
                if script.loss is not None and hasattr(outputs, "shape"):
                    _try_loss(script, outputs, jnp.asarray(images.y_train[: len(inputs)]))
                return np.asarray(outputs) if hasattr(outputs, "shape") else outputs

            if gives_probabilities(script, images, call) and script.loss is None:
                losses = _of_probabilities
        return Learner(forward, script.learning_rate, losses), weights


def _params(init: Any, key: Any, images: Images) -> Any:
    """Return what init(key) or init(key, input_shape) gives; of stax' pairs the second half."""
    shape = (-1, *images.x_train.shape[1:])
    takes_shape = len(_required(init)) > 1
    params = init(key, shape) if takes_shape else init(key)
    if takes_shape and isinstance(params, tuple) and len(params) == 2 and _is_shape(params[0]):
        return params[1]
    return params


def _required(function: Any) -> list[inspect.Parameter]:
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    return [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind in positional and parameter.default is inspect.Parameter.empty
    ]


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(size, int) for size in value)


def _as_weight(script: OwnScript, leaf: Any) -> Any:
    weight = np.asarray(leaf)
    if not jnp.issubdtype(weight.dtype, jnp.floating):
        raise script.problem(f"init() gives parameters of {weight.dtype}, expected float32")
    return weight.astype(np.float32)


def _try_loss(script: OwnScript, outputs: Any, y: Any) -> None:
    shape = getattr(script.loss(outputs, y), "shape", None)
    if shape != y.shape:
        raise script.problem(f"loss() gives {shape}, expected {y.shape}: one for each", "loss")


def _of_probabilities(chances: Any, labels: Any) -> Any:
    picked = jnp.take_along_axis(chances, labels[:, None], axis=1)[:, 0]
    return -jnp.log(jnp.maximum(picked, _LEAST))
