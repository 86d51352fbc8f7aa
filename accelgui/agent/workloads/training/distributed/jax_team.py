"""The processes of a JAX training: one for each machine, found by jax.distributed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from accelgui.agent.failures import FrameworkError
from accelgui.agent.workloads.training.distributed import places
from accelgui.agent.workloads.training.distributed.jax_replicas import all_devices
from accelgui.agent.workloads.training.distributed.patience import (
    first_unreachable,
    join_limit_s,
    waiting,
)
from accelgui.agent.workloads.training.distributed.teams import ProcessTeam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.agent.backends import Backend
    from accelgui.model.snapshot import FrameworkDevice

_LOOPBACK = ("127.0.0.1:", "localhost:", "[::1]:")


class JaxTeam(ProcessTeam):
    """Processes that the coordinator brings together; their devices make one mesh."""

    def join(self, backend: Backend) -> tuple[FrameworkDevice, ...]:
        """Find the others; see Team.join."""
        with waiting(self.channel, self._missing):
            try:
                jax.distributed.initialize(**self._arguments())
                devices = places.devices_of(self.request, backend)
                self.replicas_count = len(all_devices(devices[0]))
            except RuntimeError as error:
                raise FrameworkError(f"no cluster: {str(error).splitlines()[0]}") from error
        self.rank = self.cluster.index
        self.check_share()
        self.exchange = _sum
        if client := _client():
            self.call_the_roll(_Board(client), self.workers_count)
        return devices

    def _arguments(self) -> dict[str, Any]:
        """Return what jax.distributed.initialize takes besides its own variables."""
        arguments: dict[str, Any] = {
            "num_processes": self.cluster.count,
            "process_id": self.cluster.index,
            "initialization_timeout": int(join_limit_s()) + 30,
        }
        if self.cluster.addresses:
            coordinator = self.cluster.addresses[0]
            arguments["coordinator_address"] = coordinator
            # The default listens on every interface, which a loopback address does not ask for.
            if coordinator.startswith(_LOOPBACK):
                arguments["coordinator_bind_address"] = coordinator
        return arguments

    def _missing(self) -> str:
        addresses = self.cluster.addresses
        if self.cluster.index and addresses and first_unreachable(addresses[:1], but=-1) == 0:
            return f"worker {self.cluster.name(0)}"
        if self.cluster.count == 2:
            return f"worker {self.cluster.name(1 - self.cluster.index)}"
        return "another worker"


def _sum(values: Sequence[float]) -> list[float]:
    from jax.experimental import multihost_utils

    gathered = multihost_utils.process_allgather(np.asarray(values, np.float64))
    sums: list[float] = np.asarray(gathered).reshape(-1, len(values)).sum(axis=0).tolist()
    return sums


def _client() -> Any:
    """Return the coordinator's keys and values, None where this JAX has them elsewhere.

    There is no public way to them; without them, nobody can say who is gone.
    """
    try:
        from jax._src import distributed

        client = distributed.global_state.client
    except (ImportError, AttributeError):
        return None
    needed = ("key_value_set", "key_value_try_get")
    return client if all(hasattr(client, name) for name in needed) else None


class _Board:
    """The counts among the coordinator's keys and values."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._own = 0

    def count_up(self, rank: int) -> None:
        self._own += 1
        self._client.key_value_set(f"accelgui/{rank}", str(self._own), allow_overwrite=True)

    def count_of(self, rank: int) -> int:
        try:
            return int(self._client.key_value_try_get(f"accelgui/{rank}"))
        except Exception as error:
            if "NOT_FOUND" in str(error):
                return 0
            raise
