"""What a process needs to know of the others that share its training."""

from __future__ import annotations

import importlib
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Optional

from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training.distributed import virtual
from accelgui.agent.workloads.training.distributed.places import check_shares, devices_of

if TYPE_CHECKING:
    from accelgui.agent.backends import Backend
    from accelgui.agent.workloads.training.data import Images
    from accelgui.agent.workloads.training.distributed.agreement import Exchange
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.snapshot import FrameworkDevice

# Imported when asked for: each imports its framework.
_SHARED = {
    "tensorflow": ("tensorflow_replicas", "KerasReplicas"),
    "pytorch": ("torch_replicas", "TorchReplicas"),
    "jax": ("jax_replicas", "JaxReplicas"),
}


class Team:
    """A process that trains without others, on one device or on several.

    `exchange` adds up numbers over all processes, None where there is one; `rank` counts them.
    """

    rank = 0
    replicas_count = 1
    workers_count = 1
    worker_index = 0
    exchange: Optional[Exchange] = None

    def __init__(self, request: TrainingRequest) -> None:
        self.request = request

    def prepare_environment(self) -> None:
        """Before the framework is imported."""
        virtual.prepare_environment(self.request.framework)

    def join(self, backend: Backend) -> tuple[FrameworkDevice, ...]:
        """Find the others; returns the devices of this process, the first one first.

        Raises InputError where this cannot be, WorkError where the others do not come.
        """
        virtual.prepare_framework(self.request.framework)
        devices = devices_of(self.request, backend)
        self.replicas_count = len(devices)
        self.check_share()
        return devices

    def check_share(self) -> None:
        """Raise InputError where the replicas cannot take even shares of a batch."""
        check_shares(self.request.batch_size, self.replicas_count)

    def trainer(self, steps: int, devices: tuple[FrameworkDevice, ...]) -> Any:
        """Return a network on these devices, None where training on one device is wanted."""
        package = __name__.rpartition(".")[0]
        module, name = _SHARED[self.request.framework]
        if devices[0].key.startswith("tpu") and self.request.framework == "pytorch":
            # One of its devices, too, needs steps of its own.
            module, name = "torch_xla_replicas", "TorchXlaReplicas"
        elif self.replicas_count == 1 and self.exchange is None:
            return None
        return getattr(importlib.import_module(f"{package}.{module}"), name)(
            self.request, steps, devices, self
        )

    def require_the_same(self, images: Images) -> None:
        """Raise InputError where the others were started with other settings or data."""
        if self.exchange is None:
            return
        mine = float(_checksum(self.request, images))
        total, count = self.exchange([mine, 1.0])
        if total != mine * count:
            raise InputError(
                "the workers were started with different settings, data or versions",
                "workers_differ",
            )

    def part(self) -> None:
        """Meet once more: who ends first may take along what another is still receiving."""
        if self.exchange is not None:
            with suppress(Exception):
                self.exchange([0.0])

    def leave(self) -> None:
        """The training is over: the others may go."""

    def lost(self, error: Exception) -> Optional[str]:  # noqa: ARG002 - Some read it.
        """Return who is gone after an error, None where nobody is, or nobody knows."""
        return None

    def facts(self) -> dict[str, Any]:
        """Return what TrainingStarted tells of the team."""
        return {
            "strategy": self.request.strategy,
            "replicas_count": self.replicas_count,
            "workers_count": self.workers_count,
            "worker_index": self.worker_index,
        }


def _checksum(request: TrainingRequest, images: Images) -> int:
    """Return a number that is another one where settings or data are."""
    settings = (
        request.model,
        request.precision,
        request.batch_size,
        request.epochs,
        request.seed,
        request.execution,
        request.tf32,
    )
    number = zlib.crc32(repr(settings).encode())
    for array in (images.x_train, images.y_train, images.x_validation, images.y_validation):
        number = zlib.crc32(array.tobytes(), number)
    # float32 has to hold it, and its multiples by the number of workers.
    return number % (1 << 16)
