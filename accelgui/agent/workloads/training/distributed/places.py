"""Which devices of this machine take part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.agent import backends
from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training.distributed import virtual
from accelgui.model.strategies import ALL, ONE

if TYPE_CHECKING:
    from accelgui.agent.backends import Backend
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice


def devices_of(request: TrainingRequest, backend: Backend) -> tuple[FrameworkDevice, ...]:
    """Return the devices of this process's machine that train, the first one first.

    Raises InputError where a device is not there, or "all" would be one.
    """
    first = backends.choose_device(backend, request.device)
    if request.strategy == ONE:
        return (first,)
    together = beside(first, backend) if ":" not in request.device else (first,)
    if request.strategy == ALL and len(together) == 1:
        kind = first.key.partition(":")[0].upper()
        raise InputError(
            f"strategy 'all': {backend.framework} lists one {kind} here", "one_device_only"
        )
    return together


def beside(first: FrameworkDevice, backend: Backend) -> tuple[FrameworkDevice, ...]:
    """Return all devices of the kind of `first`; a CPU as often as it counts."""
    if first.key == "cpu":
        return (first,) * virtual.count()
    kind = first.key.partition(":")[0]
    return tuple(device for device in backend.devices() if device.key.partition(":")[0] == kind)


def check_shares(batch_size: int, replicas_count: int) -> None:
    """Raise InputError for a batch that so many devices cannot take even shares of."""
    if batch_size % replicas_count:
        raise InputError(
            f"batch size {batch_size}: {replicas_count} devices cannot take even shares of it",
            "batch_not_divisible",
        )
