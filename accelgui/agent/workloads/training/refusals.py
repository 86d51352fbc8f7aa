"""What speaks against a request before anything is started."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.agent.failures import InputError
from accelgui.agent.workloads.training import checkpoint
from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.model import strategies
from accelgui.model.requests import FRAMEWORKS
from accelgui.model.techniques import EXECUTIONS, FEEDINGS, lacking

if TYPE_CHECKING:
    from accelgui.model.requests import TrainingRequest

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")

_LACKING = {
    "pytorch_has_no_xla": "execution 'xla': PyTorch compiles with XLA only through PyTorch/XLA",
    "jax_compiles_with_xla_only": "execution 'graph': the only compiler of JAX is XLA",
    "keras_feeds_from_host": "feeding 'device': Model.fit takes its batches from the host",
}

_LACKING_STRATEGY = {
    "no_such_strategy": "strategy: training knows auto, one, all, multi-worker",
    "all_takes_every_device": "this strategy takes every device of a kind: name none of them",
    "script_on_one_device": "a model of one's own trains on one device",
    "workers_without_strategy": "workers are for strategy 'multi-worker'",
    "worker_index_alone": "a worker index needs the workers' addresses",
    "worker_address_malformed": "workers: expected host:port, with commas between them",
    "worker_named_twice": "workers: an address is named twice",
    "one_worker_only": "workers: expected two or more",
    "worker_index_missing": "which of the workers is this one? The worker index says so",
    "worker_index_too_large": "the worker index counts from 0 to the number of workers less one",
}

# NumPy's generators, which Keras seeds too, take no more.
_SEEDS = 2**32


def check(request: TrainingRequest) -> None:
    """Raise InputError for the first thing in the request that cannot be."""
    _one_of("framework", request.framework, FRAMEWORKS)
    _one_of("model", request.model, tuple(NETWORKS))
    _one_of("precision", request.precision, PRECISIONS)
    _one_of("execution", request.execution, EXECUTIONS)
    _one_of("feeding", request.feeding, FEEDINGS)
    if request.checkpoint_path is not None:
        checkpoint.check(request.framework, request.checkpoint_path)
    if request.script_path is not None and not Path(request.script_path).is_file():
        raise InputError(f"{request.script_path}: no such file")
    if reason := lacking(request):
        raise InputError(_LACKING[reason], reason)
    if reason := strategies.lacking(request):
        raise InputError(_LACKING_STRATEGY[reason], reason)
    if request.batch_size < 1:
        raise InputError(f"batch size {request.batch_size}: expected 1 or more")
    if request.epochs < 1:
        raise InputError(f"{request.epochs} epochs: expected 1 or more")
    if not 0 <= request.seed < _SEEDS:
        raise InputError(f"seed {request.seed}: expected 0 to {_SEEDS - 1}")


def check_batch_size(batch_size: int, samples: int) -> None:
    """Raise InputError for a batch that the data cannot fill once."""
    if batch_size > samples:
        raise InputError(
            f"batch size {batch_size}: the data have only {samples} training images",
            "batch_larger_than_data",
            {"batch_size": str(batch_size), "samples": str(samples)},
        )


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{what} {value!r}: training knows {', '.join(known)}")
