"""What a person's model has to be, whatever the framework: of that framework, with class scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.own_script import OwnScript

# So many inputs are tried before the training, to see that the model takes them and what comes out.
_TRIED = 8

# Sums of float16 probabilities stray this far from 1.
_SUM_TOLERANCE = 2e-3

_EXPECTED = {
    "tensorflow": "a Keras model",
    "pytorch": "a torch.nn.Module",
    "jax": "a pair (init, apply) of functions",
}
_TOPS = {"torch": "pytorch", "keras": "tensorflow", "tensorflow": "tensorflow", "flax": "jax"}


def require_framework(script: OwnScript, model: Any, framework: str) -> None:
    """Raise InputError where what was built is not what this framework trains."""
    built = framework_of(model)
    if built == framework:
        return
    if built is None:
        returned = "None" if model is None else type(model).__name__
        raise script.problem(
            f"build_model() returned {returned}, expected {_EXPECTED[framework]}",
            code="own_model_is_no_model",
            returned=returned,
            framework=framework,
        )
    raise script.problem(
        f"build_model() returned {_EXPECTED[built]}, but {framework} is to train it",
        code="own_model_of_another_framework",
        built=built,
        framework=framework,
    )


def framework_of(model: Any) -> str | None:
    """Return whose model this is, None where it is nobody's; imports no framework."""
    if isinstance(model, (tuple, list)):
        return "jax" if len(model) == 2 and all(map(callable, model)) else None
    for parent in type(model).__mro__:
        top = parent.__module__.partition(".")[0]
        if top in _TOPS and parent.__name__ in {"Module", "Layer", "Model"}:
            return _TOPS[top]
    return None


def gives_probabilities(script: OwnScript, images: Images, call: Callable[[Any], Any]) -> bool:
    """Try the model on a few inputs; says whether its scores are probabilities already.

    `call` takes inputs [n, …] as they lie in `images` and returns the scores as a NumPy array.
    Raises InputError where they are no finite scores [n, classes], with at least as many classes
    as the labels have.
    """
    import numpy as np

    inputs = images.x_train[:_TRIED]
    with script.blamed("build_model"):
        outputs = call(inputs)
    shape = getattr(outputs, "shape", None)
    if shape is None:
        raise _wrong_shape(script, type(outputs).__name__, len(inputs), images.classes)
    if len(shape) != 2 or shape[0] != len(inputs) or shape[1] < images.classes:
        raise _wrong_shape(script, str(tuple(shape)), len(inputs), images.classes)
    scores = np.asarray(outputs, np.float64)
    if not np.isfinite(scores).all():
        raise script.problem(
            "the model gives NaN or infinite scores before it is trained",
            code="own_model_not_finite",
        )
    sums = scores.sum(axis=1)
    return bool((scores >= 0).all() and (abs(sums - 1) < _SUM_TOLERANCE).all())


def _wrong_shape(script: OwnScript, shape: str, inputs: int, classes: int) -> Exception:
    return script.problem(
        f"for {inputs} inputs the model gives {shape}, expected ({inputs}, {classes}):"
        " a score for each class",
        code="own_model_wrong_shape",
        shape=shape,
        expected=f"({inputs}, {classes})",
        classes=str(classes),
    )


def require_something_to_train(script: OwnScript, parameters_count: int) -> None:
    """Raise InputError for a model without parameters."""
    if not parameters_count:
        raise script.problem(
            "the model has no parameters to train", code="own_model_has_no_parameters"
        )
