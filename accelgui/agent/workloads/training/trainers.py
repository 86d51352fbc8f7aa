"""What trains in each framework: a sample network, or a person's own."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

# Imported when asked for: each imports its framework.
_TRAINERS = {
    "tensorflow": ("accelgui.agent.workloads.training.keras_fit", "KerasTraining"),
    "pytorch": ("accelgui.agent.workloads.training.torch_fit", "TorchTraining"),
    "jax": ("accelgui.agent.workloads.training.jax_fit", "JaxTraining"),
}
_OWN_TRAINERS = {
    "tensorflow": ("accelgui.agent.workloads.training.own_keras", "OwnKerasTraining"),
    "pytorch": ("accelgui.agent.workloads.training.own_torch", "OwnTorchTraining"),
    "jax": ("accelgui.agent.workloads.training.own_jax", "OwnJaxTraining"),
}


def import_framework(framework: str) -> None:
    """Import all that training needs: a person's file may be named as one of its libraries."""
    importlib.import_module(_TRAINERS[framework][0])


def trainer(request: TrainingRequest, steps: int, device: FrameworkDevice) -> Any:
    """Return a network on a device, ready to be fitted in `steps` batches."""
    trainers = _TRAINERS if request.script_path is None else _OWN_TRAINERS
    module, name = trainers[request.framework]
    return getattr(importlib.import_module(module), name)(request, steps, device)
