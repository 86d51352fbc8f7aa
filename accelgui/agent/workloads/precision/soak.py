"""The same checks again and again with fresh data, for as long as a person wants."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.workloads.precision.cases import Case, plan
from accelgui.agent.workloads.precision.judge import judge_repeats
from accelgui.agent.workloads.precision.memory import PatternMemory, wanted_bytes
from accelgui.agent.workloads.precision.projection import judge_projection, small_integers
from accelgui.agent.workloads.precision.suite import judged, present_cases, started_event
from accelgui.model.events import Progress
from accelgui.model.precision_events import PrecisionRow, PrecisionRowDone, RowVerdict, SoakProgress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.backends.base import Backend
    from accelgui.agent.channel import Channel
    from accelgui.model.requests import PrecisionRequest
    from accelgui.model.snapshot import FrameworkDevice

_TOLD_EVERY_S = 1.0
# Failed rows are told one by one up to here, and counted beyond.
_TOLD_ROWS = 200
_TIERS = ("exact", "bound")
_PRODUCT_RUNS = 8
_PRODUCT_SIZES = {"cpu": 768}
_PRODUCT_SIZE = 4096


@dataclass
class _Count:
    rounds: int = 0
    elements: int = 0
    mismatches: int = 0
    told: int = 0
    first_s: Optional[float] = None
    first: Optional[PrecisionRow] = None
    started_s: float = field(default_factory=time.monotonic)

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.started_s

    def take(self, row: PrecisionRow, elements: int) -> None:
        self.elements += elements
        if row.verdict is not RowVerdict.FAILED:
            return
        self.mismatches += 1
        if self.first is None:
            self.first_s = self.elapsed_s
            self.first = replace(row, detail=None)


def soak(
    backend: Backend, device: FrameworkDevice, request: PrecisionRequest, channel: Channel
) -> None:
    """Check until `duration_s` is over or somebody stops it; tell mismatches as they come."""
    planned = [case for case in plan("quick", backend.dtypes(device)) if case.tier in _TIERS]
    cases = present_cases(backend, device, planned)
    channel.send(started_event(backend, device, cases))
    memory = PatternMemory(backend, device, wanted_bytes(device, request.memory_share))
    count, told_s = _Count(), 0.0
    while not channel.stopping.is_set() and count.elapsed_s < request.duration_s:
        for row, elements in _round(backend, device, cases, request.seed + count.rounds):
            count.take(row, elements)
            if row.verdict is RowVerdict.FAILED and count.told < _TOLD_ROWS:
                count.told += 1
                channel.send(PrecisionRowDone(row))
            memory.grow()
            memory.verify(count.rounds + count.elements)
            if count.elapsed_s - told_s >= _TOLD_EVERY_S:
                told_s = count.elapsed_s
                _tell(channel, count, memory, request)
            if channel.stopping.is_set() or count.elapsed_s >= request.duration_s:
                break
        else:
            count.rounds += 1
    _tell(channel, count, memory, request)


def _round(
    backend: Backend, device: FrameworkDevice, cases: list[Case], seed: int
) -> Iterator[tuple[PrecisionRow, int]]:
    yield _product(backend, device, seed)
    for case in cases:
        for row in judged(backend, device, [case], seed):
            yield row, sum(row.detail.histogram) if row.detail is not None else 0


def _product(backend: Backend, device: FrameworkDevice, seed: int) -> tuple[PrecisionRow, int]:
    """Judge a large product, made several times of the same data: the device gets hot."""
    size = _PRODUCT_SIZES.get(device.key, _PRODUCT_SIZE)
    case = Case("matmul", "float32", "projection", ((size, size), (size, size)))
    rng = case.rng(seed)
    left, right = small_integers(rng, case.shapes)
    started_s = time.monotonic()
    first = np.asarray(backend.run("matmul", "float32", device, left, right))
    found = judge_projection(left, right, first, rng)
    for _ in range(_PRODUCT_RUNS - 1):
        again = np.asarray(backend.run("matmul", "float32", device, left, right))
        if found.verdict is RowVerdict.PASSED:
            found = judge_repeats([first, again])
    row = PrecisionRow(
        case.operation,
        case.dtype,
        case.tier,
        found.verdict,
        error=found.error,
        bound=found.bound,
        at=found.at,
        shape=case.label,
        elapsed_s=time.monotonic() - started_s,
        reason=found.reason,
    )
    return row, _PRODUCT_RUNS * size * size


def _tell(
    channel: Channel, count: _Count, memory: PatternMemory, request: PrecisionRequest
) -> None:
    left_s = max(0.0, request.duration_s - count.elapsed_s)
    channel.send(Progress(count.elapsed_s, request.duration_s, "soak", remaining_s=left_s))
    channel.send(
        SoakProgress(
            elapsed_s=count.elapsed_s,
            duration_s=request.duration_s,
            rounds=count.rounds,
            elements=count.elements,
            mismatches=count.mismatches,
            memory_bytes=memory.size_bytes,
            memory_errors=memory.errors,
            first_mismatch_s=count.first_s,
            first_mismatch=count.first,
        )
    )
