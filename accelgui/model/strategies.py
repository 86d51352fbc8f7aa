"""How the devices of one machine, or of several, share one training.

"one" trains on one device. "all" has every device of the machine hold a copy of the network and
take an even share of each batch. "multi-worker" does so on several machines: `workers` names them
as host:port, `worker_index` says which of them this one is; without them, the variables that the
frameworks' own launchers set are taken (TF_CONFIG, those of torchrun, those of JAX). "auto" is
"multi-worker" where such variables name more than one worker, else "one".

The batch size is that of all replicas together, so that a run computes the same whatever trains it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

AUTO, ONE, ALL, MULTI_WORKER = "auto", "one", "all", "multi-worker"
STRATEGIES = (AUTO, ONE, ALL, MULTI_WORKER)

# host:port, [IPv6]:port
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:\[\],]+):([0-9]{1,5})")
_PORTS = range(1, 65536)


def lacking(request: TrainingRequest) -> Optional[str]:
    """Return the code of why this combination cannot be, None where nothing is known against it."""
    if request.strategy not in STRATEGIES:
        return "no_such_strategy"
    if request.strategy in {ALL, MULTI_WORKER}:
        if ":" in request.device:
            return "all_takes_every_device"
        if request.script_path is not None:
            return "script_on_one_device"
    return _lacking_workers(request)


def _lacking_workers(request: TrainingRequest) -> Optional[str]:
    workers, index = request.workers, request.worker_index
    if request.strategy != MULTI_WORKER:
        return "workers_without_strategy" if workers or index is not None else None
    if not workers:
        return "worker_index_alone" if index is not None else None
    return _lacking_addresses(workers) or _lacking_index(workers, index)


def _lacking_addresses(workers: tuple[str, ...]) -> Optional[str]:
    if not all(is_address(worker) for worker in workers):
        return "worker_address_malformed"
    if len(set(workers)) < len(workers):
        return "worker_named_twice"
    return "one_worker_only" if len(workers) < 2 else None


def _lacking_index(workers: tuple[str, ...], index: Optional[int]) -> Optional[str]:
    if index is None:
        return "worker_index_missing"
    return None if 0 <= index < len(workers) else "worker_index_too_large"


def is_address(text: str) -> bool:
    """Tell whether `text` is host:port."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and int(found[1]) in _PORTS
