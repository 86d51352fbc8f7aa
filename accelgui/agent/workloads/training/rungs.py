"""The rungs of the acceleration ladder, and which of them a machine cannot do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.workloads.training.distributed import rung as sharing
from accelgui.model.requests import TrainingRequest
from accelgui.model.strategies import ALL
from accelgui.model.techniques import lacking

if TYPE_CHECKING:
    from accelgui.agent.backends import Backend
    from accelgui.model.requests import LadderRequest
    from accelgui.model.snapshot import FrameworkDevice

# Enough to show what a batch is worth, and still in reach of small memories.
BATCH_FACTOR = 8

_TECHNIQUES = (
    "graph",
    "xla",
    "tf32",
    "mixed_float16",
    "mixed_bfloat16",
    "larger_batch",
    "all_devices",
)


def rungs(device: FrameworkDevice) -> tuple[str, ...]:
    """Return the codes of the rungs for a device, from the bottom.

    A CPU is its own first device, and gains nothing from float16, which it converts to compute.
    """
    if device.key == "cpu":
        return ("cpu_eager", *(code for code in _TECHNIQUES if code != "mixed_float16"))
    return ("cpu_eager", "device_eager", *_TECHNIQUES)


def ground(request: LadderRequest, backend: Backend, device: FrameworkDevice) -> TrainingRequest:
    """Return the training on which the first rung stands: nothing that makes it faster."""
    return TrainingRequest(
        framework=request.framework,
        model=request.model,
        device="cpu",
        batch_size=request.batch_size,
        epochs=1_000_000,
        seed=request.seed,
        data_path=request.data_path,
        execution="eager",
        tf32=False if backend.has_tf32(device) else None,
    )


def with_rung(code: str, base: TrainingRequest, device: FrameworkDevice) -> TrainingRequest:
    """Return the training of a rung that stands on `base`."""
    if code.startswith("mixed_"):
        return replace(base, precision=code)
    every = "cpu" if device.key == "cpu" else "auto"
    changes: dict[str, dict[str, Any]] = {
        "device_eager": {"device": device.key},
        "graph": {"execution": "graph"},
        "xla": {"execution": "xla"},
        "tf32": {"tf32": True},
        "larger_batch": {"batch_size": BATCH_FACTOR * base.batch_size},
        "all_devices": {"strategy": ALL, "device": every},
    }
    return replace(base, **changes.get(code, {}))


def obstacle(
    code: str, request: TrainingRequest, backend: Backend, device: FrameworkDevice
) -> Optional[str]:
    """Return the code of why this machine cannot do a rung, None where nothing is known."""
    if code == "tf32" and not backend.has_tf32(device):
        return "no_tf32"
    if code.startswith("mixed_") and code[len("mixed_") :] not in backend.dtypes(device):
        return "no_such_dtype"
    if code == "all_devices":
        return sharing.obstacle(request, backend, device)
    return lacking(request)
