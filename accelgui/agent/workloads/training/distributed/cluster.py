"""Who the workers of a training on several machines are."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Optional

from accelgui.agent.failures import InputError
from accelgui.model.strategies import AUTO, MULTI_WORKER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accelgui.model.requests import TrainingRequest


@dataclass(frozen=True)
class Cluster:
    """The workers, and which of them this one is.

    `addresses` are host:port, in order; () where a launcher keeps them to itself. Such a launcher
    (torchrun, say) has started a process for each device: `is_launched`.
    """

    count: int
    index: int
    addresses: tuple[str, ...] = ()
    is_launched: bool = False

    def name(self, index: int) -> str:
        """Return what a person calls a worker: "1 (host2:2222)"."""
        return f"{index} ({self.addresses[index]})" if self.addresses else str(index)


def strategy_of(request: TrainingRequest) -> str:
    """Return the strategy that is meant: "auto" depends on what started this process."""
    if request.strategy != AUTO:
        return request.strategy
    found = from_environment(request.framework)
    return MULTI_WORKER if found is not None and found.count > 1 else "one"


def cluster_of(request: TrainingRequest) -> Cluster:
    """Return the workers that the request names, or else the variables of a launcher.

    Raises InputError where neither does.
    """
    if request.workers:
        assert request.worker_index is not None
        return Cluster(len(request.workers), request.worker_index, request.workers)
    found = from_environment(request.framework)
    if found is None:
        raise InputError(
            f"strategy 'multi-worker' needs workers, or the variables {_NAMED[request.framework]}",
            "workers_unknown",
        )
    return found


def from_environment(
    framework: str, variables: Mapping[str, str] = os.environ
) -> Optional[Cluster]:
    """Return what the framework's own variables say; raises InputError where they make no sense."""
    return _READERS[framework](variables)


def _of_tensorflow(variables: Mapping[str, str]) -> Optional[Cluster]:
    text = variables.get("TF_CONFIG")
    if not text:
        return None
    try:
        config = json.loads(text)
        jobs: dict[str, list[str]] = config["cluster"]
        kind, index = str(config["task"]["type"]), int(config["task"]["index"])
        chiefs, workers = jobs.get("chief", []), jobs.get("worker", [])
        position = index + len(chiefs) if kind == "worker" else index
        addresses = (*map(str, chiefs), *map(str, workers))
        if kind not in {"chief", "worker"} or not 0 <= position < len(addresses):
            raise InputError(f"TF_CONFIG: task {kind} {index} is no worker of its cluster")
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise InputError(f"TF_CONFIG is no cluster: {error}") from error
    return Cluster(len(addresses), position, addresses)


def _of_pytorch(variables: Mapping[str, str]) -> Optional[Cluster]:
    needed = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    if not all(variables.get(name) for name in needed):
        return None
    return _counted("RANK", "WORLD_SIZE", variables, is_launched=True)


def _of_jax(variables: Mapping[str, str]) -> Optional[Cluster]:
    needed = ("JAX_COORDINATOR_ADDRESS", "JAX_NUM_PROCESSES", "JAX_PROCESS_ID")
    if not all(variables.get(name) for name in needed):
        return None
    return _counted("JAX_PROCESS_ID", "JAX_NUM_PROCESSES", variables)


def _counted(
    index_name: str, count_name: str, variables: Mapping[str, str], *, is_launched: bool = False
) -> Cluster:
    try:
        index, count = int(variables[index_name]), int(variables[count_name])
    except ValueError as error:
        raise InputError(f"{index_name}, {count_name}: {error}") from error
    if not 0 <= index < count:
        raise InputError(f"{index_name}={index} is no worker of {count_name}={count}")
    return Cluster(count, index, is_launched=is_launched)


_READERS: dict[str, Callable[[Any], Optional[Cluster]]] = {
    "tensorflow": _of_tensorflow,
    "pytorch": _of_pytorch,
    "jax": _of_jax,
}
_NAMED = {
    "tensorflow": "TF_CONFIG",
    "pytorch": "RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT (torchrun)",
    "jax": "JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES, JAX_PROCESS_ID",
}
