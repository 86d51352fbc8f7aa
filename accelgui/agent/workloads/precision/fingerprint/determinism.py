"""Do results repeat, do they depend on the batch, and what does determinism cost?"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.cases import Case
from accelgui.agent.workloads.precision.operations import OPERATIONS

if TYPE_CHECKING:
    from accelgui.agent.backends.base import Backend
    from accelgui.model.snapshot import FrameworkDevice

_RUNS = 10
_TIMED_RUNS = 7
# Those that hardware may add up in any order, by atomic additions.
_OPERATIONS = ("matmul", "sum", "scatter_add", "segment_sum")
_BATCHES = (1, 7, 256)


def repeatable(backend: Backend, device: FrameworkDevice) -> dict[str, bool]:
    """Return for each operation whether ten runs give the same bits."""
    return {name: _repeats(backend, device, _case(name)) for name in _OPERATIONS}


def _case(name: str) -> Case:
    return Case(name, "float32", "repeat", OPERATIONS[name].quick[0])


def _repeats(backend: Backend, device: FrameworkDevice, case: Case) -> bool:
    operands = case.operands(0)
    found = {
        np.asarray(backend.run(case.operation, case.dtype, device, *operands)).tobytes()
        for _ in range(_RUNS)
    }
    return len(found) == 1


def is_batch_invariant(backend: Backend, device: FrameworkDevice) -> bool:
    """Tell whether the first row of a product is the same whatever other rows there are."""
    left, right = _case("matmul").operands(0)
    found = {
        np.asarray(backend.run("matmul", "float32", device, left[:rows], right))[0].tobytes()
        for rows in _BATCHES
    }
    return len(found) == 1


def deterministic_cost(backend: Backend, device: FrameworkDevice) -> dict[str, float]:
    """Return for each operation its time when deterministic ÷ as usual; empty without a switch.

    Operations that have no deterministic kernel count as far as they run.
    """
    usual_s = _times_s(backend, device)
    if not backend.set_deterministic(enabled=True):
        return {}
    try:
        slow_s = _times_s(backend, device)
    finally:
        backend.set_deterministic(enabled=False)
    return {name: slow_s[name] / usual_s[name] for name in _OPERATIONS}


def _times_s(backend: Backend, device: FrameworkDevice) -> dict[str, float]:
    return {name: _median_s(backend, device, _case(name)) for name in _OPERATIONS}


def _median_s(backend: Backend, device: FrameworkDevice, case: Case) -> float:
    operands = case.operands(0)
    times_s = []
    for _ in range(_TIMED_RUNS):
        started_s = time.perf_counter()
        backend.run(case.operation, case.dtype, device, *operands)
        times_s.append(time.perf_counter() - started_s)
    return statistics.median(times_s)
