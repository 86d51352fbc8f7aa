"""Training scripts to take away: what a run here did, as its framework's users write it today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.strategies import ALL, MULTI_WORKER
from accelgui.recipes import jax, jax_shared, keras, keras_workers, pytorch, pytorch_shared

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

__all__ = ["script"]

_WRITERS = {"tensorflow": keras.script, "pytorch": pytorch.script, "jax": jax.script}
_SHARED = {
    (ALL, "tensorflow"): keras.script,
    (ALL, "pytorch"): pytorch_shared.script,
    (ALL, "jax"): jax_shared.script,
    (MULTI_WORKER, "tensorflow"): keras_workers.script,
    (MULTI_WORKER, "pytorch"): pytorch_shared.script,
    (MULTI_WORKER, "jax"): jax_shared.script,
}


def script(request: TrainingRequest) -> str:
    """Return a script that does what `request` asks for, with nothing of accelgui in it."""
    shared = _SHARED.get((request.strategy, request.framework))
    if (request.framework, request.device[:3], request.strategy) == ("pytorch", "tpu", ALL):
        shared = pytorch.script  # One process has all of a TPU.
    return (shared or _WRITERS[request.framework])(request)
