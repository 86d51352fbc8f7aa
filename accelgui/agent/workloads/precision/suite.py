"""Run the cases one by one and tell each row as it is judged."""

from __future__ import annotations

import sys
import time
import traceback
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.backends import choose_device, load, one_line
from accelgui.agent.failures import FrameworkError, InputError
from accelgui.agent.workloads.precision.bounds import threshold
from accelgui.agent.workloads.precision.cases import LEVELS, Case, plan
from accelgui.agent.workloads.precision.judge import (
    Judgement,
    judge_bound,
    judge_exact,
    judge_repeats,
)
from accelgui.agent.workloads.precision.modes import narrower_mode
from accelgui.agent.workloads.precision.references import exact_reference, reference
from accelgui.model.events import (
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    Progress,
    RowVerdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.backends.base import Backend
    from accelgui.agent.channel import Channel
    from accelgui.agent.workloads.precision.formats import Array
    from accelgui.model.requests import PrecisionRequest
    from accelgui.model.snapshot import FrameworkDevice

_REPEATS = 10


def run_checks(request: PrecisionRequest, channel: Channel) -> None:
    """Check one device; see check_precision."""
    _check(request)
    channel.send(Progress(0, 1, "import"))
    backend = load(request.framework)
    device = choose_device(backend, request.device)
    cases = present_cases(backend, device, plan(request.level, backend.dtypes(device)))
    if not cases:
        # Nothing checked must not look like nothing wrong.
        raise FrameworkError(f"{device.name} implements none of the operations")
    channel.send(_started(backend, device, cases))
    started_s = time.monotonic()
    for done, row in enumerate(judged(backend, device, cases, request.seed)):
        channel.send(PrecisionRowDone(row))
        channel.send(_progress(done + 1, cases, time.monotonic() - started_s))
        if channel.stopping.is_set():
            break


def judged(
    backend: Backend, device: FrameworkDevice, cases: list[Case], seed: int
) -> Iterator[PrecisionRow]:
    """Yield the row of each case. What the framework raises costs that row only."""
    for case in cases:
        started_s = time.monotonic()
        message = None
        try:
            judgement = _judge(backend, device, case, seed)
        except Exception as error:  # noqa: BLE001 - Frameworks raise what they like.
            sys.stderr.write(f"{case.operation} {case.dtype} {case.tier}:\n")
            traceback.print_exc()
            judgement, message = Judgement(RowVerdict.FAILED, "raised"), one_line(error)
        yield PrecisionRow(
            operation=case.operation,
            dtype=case.dtype,
            tier=case.tier,
            verdict=judgement.verdict,
            error=judgement.error,
            bound=judgement.bound,
            ratio=judgement.ratio,
            at=judgement.at,
            shape=case.label,
            elapsed_s=time.monotonic() - started_s,
            reason=judgement.reason,
            message=message,
        )


def present_cases(backend: Backend, device: FrameworkDevice, cases: list[Case]) -> list[Case]:
    """Leave out what the device does not implement, found by trying it on the smallest operands.

    Whatever else goes wrong in the trial will go wrong in the row, where it is told.
    """
    combinations = sorted({(case.operation, case.dtype) for case in cases})
    lacking = {pair for pair in combinations if _lacks(backend, device, *pair)}
    return [case for case in cases if (case.operation, case.dtype) not in lacking]


def _lacks(backend: Backend, device: FrameworkDevice, operation: str, dtype: str) -> bool:
    shapes = {"matmul": ((1, 1), (1, 1)), "conv2d": ((1, 1, 1, 1), (1, 1, 1, 1))}
    operands = [np.ones(shape) for shape in shapes.get(operation, ((1, 1),))]
    try:
        backend.run(operation, dtype, device, *operands)
    except Exception as error:  # noqa: BLE001 - Frameworks raise what they like.
        return backend.lacks(error)
    return False


def _judge(backend: Backend, device: FrameworkDevice, case: Case, seed: int) -> Judgement:
    operands = case.operands(seed)

    def run() -> Array:
        result = backend.run(case.operation, case.dtype, device, *operands, stride=case.stride)
        return np.asarray(result)

    if case.tier == "exact":
        return judge_exact(run(), exact_reference(case.operation, operands, case.stride))
    if case.tier == "repeat":
        return judge_repeats([run() for _ in range(_REPEATS)])
    return _judge_bound(case, device.key.partition(":")[0], operands, run())


def _judge_bound(case: Case, kind: str, operands: tuple[Array, ...], result: Array) -> Judgement:
    precise = _widened(case, operands)
    expected = reference(case.operation, precise, case.stride)
    allowed = threshold(case.operation, case.dtype, kind, operands, expected, case.stride)
    judgement = judge_bound(result, expected, allowed)
    if judgement.ratio is None:
        return judgement
    mode = narrower_mode(
        case.operation, case.dtype, operands, result, expected, allowed, case.stride
    )
    if mode is None:
        return judgement
    return Judgement(
        RowVerdict.LOWER, mode, judgement.error, judgement.bound, judgement.ratio, judgement.at
    )


def _widened(case: Case, operands: tuple[Array, ...]) -> tuple[Array, ...]:
    # Results of float64 functions are within an ULP or two: the reference needs more bits than
    # they have, where the platform has more. A product of matrices would take seconds so.
    if case.dtype == "float64" and case.operation not in {"matmul", "conv2d", "sum"}:
        return tuple(operand.astype(np.longdouble) for operand in operands)
    return operands


def _check(request: PrecisionRequest) -> None:
    if request.level not in LEVELS:
        raise InputError(f"unknown level {request.level!r}; known: {', '.join(LEVELS)}")
    if request.seed < 0:
        raise InputError(f"the seed must not be negative: {request.seed}")


def _started(backend: Backend, device: FrameworkDevice, cases: list[Case]) -> PrecisionStarted:
    return PrecisionStarted(
        framework=backend.framework,
        framework_version=backend.version,
        device=device.key,
        device_name=device.description or device.name,
        rows_total=len(cases),
        dtypes=tuple(dict.fromkeys(case.dtype for case in cases)),
    )


def _progress(done: int, cases: list[Case], elapsed_s: float) -> Progress:
    left = len(cases) - done
    what = f"{cases[done].operation} {cases[done].dtype}" if left else "done"
    return Progress(done, len(cases), what, remaining_s=elapsed_s / done * left)
