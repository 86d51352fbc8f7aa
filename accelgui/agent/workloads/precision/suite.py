"""Run the cases one by one and tell each row as it is judged."""

from __future__ import annotations

import sys
import time
import traceback
from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.backends import choose_device, load, one_line
from accelgui.agent.backends.base import NARROW_DTYPES
from accelgui.agent.failures import FrameworkError, InputError
from accelgui.agent.workloads.precision.cases import LEVELS, Case, plan
from accelgui.agent.workloads.precision.detail import look_closer
from accelgui.agent.workloads.precision.judge import Judgement
from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.agent.workloads.precision.reproducer import reproducer
from accelgui.agent.workloads.precision.stopwatch import Stopwatch
from accelgui.agent.workloads.precision.tiers import Evidence, Trial, judge
from accelgui.model.events import Progress
from accelgui.model.precision_events import (
    PrecisionCost,
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.backends.base import Backend
    from accelgui.agent.channel import Channel
    from accelgui.model.precision import RowDetail
    from accelgui.model.requests import PrecisionRequest
    from accelgui.model.snapshot import FrameworkDevice


def run_checks(request: PrecisionRequest, channel: Channel) -> None:
    """Check one device; see check_precision."""
    _check(request)
    started_s = time.monotonic()
    channel.send(Progress(0, 1, "import"))
    framework = load(request.framework)
    device = choose_device(framework, request.device)
    import_s = time.monotonic() - started_s
    if request.level == "soak":
        from accelgui.agent.workloads.precision.soak import soak

        soak(framework, device, request, channel)
        return
    # Before anything is switched on or off.
    mode = _default_mode(framework, device)
    watch = Stopwatch()
    _run_rows(framework, device, request, watch, channel)
    if not channel.stopping.is_set():
        _characterize(framework, device, request, mode, channel)
    channel.send(PrecisionCost(time.monotonic() - started_s, watch.elapsed_s, import_s))


def _run_rows(
    backend: Backend,
    device: FrameworkDevice,
    request: PrecisionRequest,
    watch: Stopwatch,
    channel: Channel,
) -> None:
    cases = present_cases(backend, device, plan(request.level, backend.dtypes(device)))
    if not cases:
        # Nothing checked must not look like nothing wrong.
        raise FrameworkError(f"{device.name} implements none of the operations")
    channel.send(started_event(backend, device, cases))
    started_s = time.monotonic()
    for done, row in enumerate(judged(backend, device, cases, request.seed, watch)):
        channel.send(PrecisionRowDone(row))
        channel.send(_progress(done + 1, cases, time.monotonic() - started_s))
        if channel.stopping.is_set():
            break


def _default_mode(backend: Backend, device: FrameworkDevice) -> Optional[str]:
    from accelgui.agent.workloads.precision.fingerprint.probes import default_mode

    try:
        return default_mode(backend, device)
    except Exception:  # noqa: BLE001 - A device that cannot multiply will show so in its rows.
        traceback.print_exc()
        return None


def _characterize(
    backend: Backend,
    device: FrameworkDevice,
    request: PrecisionRequest,
    mode: Optional[str],
    channel: Channel,
) -> None:
    from accelgui.agent.workloads.precision.drift import tell_drift
    from accelgui.agent.workloads.precision.fingerprint import tell_fingerprint

    if request.level == "full":
        tell_drift(backend, device, request.seed, channel)
    # Last, as it ends with deterministic operations, which there is no way back from.
    tell_fingerprint(backend, device, mode, channel)


def judged(
    backend: Backend,
    device: FrameworkDevice,
    cases: list[Case],
    seed: int,
    watch: Optional[Stopwatch] = None,
) -> Iterator[PrecisionRow]:
    """Yield the row of each case. What the framework raises costs that row only.

    `watch` takes the time of the references.
    """
    watch = watch or Stopwatch()
    for case in cases:
        started_s = time.monotonic()
        evidence = None
        try:
            judgement, evidence = judge(Trial(backend, device, case, seed, watch))
        except Exception as error:  # noqa: BLE001 - Frameworks raise what they like.
            sys.stderr.write(f"{case.operation} {case.dtype} {case.tier}:\n")
            traceback.print_exc()
            judgement = Judgement(RowVerdict.FAILED, "raised", message=one_line(error))
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
            message=judgement.message,
            detail=_detail(backend, device, case, seed, judgement, evidence),
        )


def _detail(
    backend: Backend,
    device: FrameworkDevice,
    case: Case,
    seed: int,
    judgement: Judgement,
    evidence: Optional[Evidence],
) -> Optional[RowDetail]:
    if evidence is None:
        return None
    script = ""
    if judgement.at and evidence.result.shape == evidence.expected.shape:
        expected = float(evidence.expected[judgement.at])
        script = reproducer(backend, device, case, seed, judgement.at, expected)
    return look_closer(case, evidence, judgement.at, script)


def present_cases(backend: Backend, device: FrameworkDevice, cases: list[Case]) -> list[Case]:
    """Leave out what the device does not implement, found by trying it on small operands.

    Whatever else goes wrong in the trial will go wrong in the row, where it is told.
    """
    combinations = sorted({(c.operation, c.dtype) for c in cases if c.definition is not None})
    lacking = {pair for pair in combinations if _lacks(backend, device, *pair)}
    return [case for case in cases if (case.operation, case.dtype) not in lacking]


def _lacks(backend: Backend, device: FrameworkDevice, operation: str, dtype: str) -> bool:
    is_narrow = dtype in NARROW_DTYPES
    # Shapes that will come anyway: each new one may have to be compiled.
    shapes = (OPERATIONS[operation].quick + OPERATIONS[operation].full)[0]
    case = Case(operation, dtype, "bound", shapes)
    operands = [np.ones((1, 1))] * 2 if is_narrow else case.operands(0)
    try:
        backend.run(operation, dtype, device, *operands)
    except Exception as error:  # noqa: BLE001 - Frameworks raise what they like.
        return backend.lacks(error)
    return False


def _check(request: PrecisionRequest) -> None:
    if request.level not in LEVELS:
        raise InputError(f"unknown level {request.level!r}; known: {', '.join(LEVELS)}")
    if request.seed < 0:
        raise InputError(f"the seed must not be negative: {request.seed}")
    if not 0 < request.duration_s < np.inf:
        raise InputError(f"the duration must be a time above 0: {request.duration_s}")
    if not 0 <= request.memory_share <= 0.95:
        raise InputError(f"the share of memory must be from 0 to 0.95: {request.memory_share}")


def started_event(backend: Backend, device: FrameworkDevice, cases: list[Case]) -> PrecisionStarted:
    """Return what is told before the first row."""
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
