"""Techniques that make training faster, and which of them each framework has.

`execution`: "eager" calls operation after operation, "graph" hands over a whole step
(tf.function, torch.compile), "xla" has XLA compile it. `feeding`: "host" moves each batch from
host memory when its turn comes, "prefetch" gets the next one ready meanwhile, "device" keeps all
data on the device. "default" is what the framework does by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

DEFAULT = "default"
EXECUTIONS = (DEFAULT, "eager", "graph", "xla")
FEEDINGS = (DEFAULT, "host", "prefetch", "device")

_LACKING_EXECUTION = {
    # PyTorch/XLA is another package, for TPUs.
    ("pytorch", "xla"): "pytorch_has_no_xla",
    ("jax", "graph"): "jax_compiles_with_xla_only",
}
_LACKING_FEEDING = {("tensorflow", "device"): "keras_feeds_from_host"}


def executions(framework: str) -> tuple[str, ...]:
    """Return the ways of execution that a framework has."""
    return tuple(code for code in EXECUTIONS if (framework, code) not in _LACKING_EXECUTION)


def feedings(framework: str) -> tuple[str, ...]:
    """Return the ways of feeding that a framework has here."""
    return tuple(code for code in FEEDINGS if (framework, code) not in _LACKING_FEEDING)


def lacking(request: TrainingRequest) -> Optional[str]:
    """Return the code of why the framework cannot do what is asked for, None where it can."""
    return _LACKING_EXECUTION.get((request.framework, request.execution)) or _LACKING_FEEDING.get((
        request.framework,
        request.feeding,
    ))
