"""Rules of the proving operation: it must run, there, and come back right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.operations import ran_elsewhere
from accelgui.diagnosis.rule import error
from accelgui.diagnosis.rules.framework_build import architecture_missing
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.diagnosis.rules.memory import exclusive, preallocated, process_evidence
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_MEMORY = (
    r"CUDA_ERROR_OUT_OF_MEMORY|RESOURCE_EXHAUSTED|ResourceExhausted|CUDA out of memory"
    r"|out of memory|failed to allocate"
)
_LIBDEVICE = r"libdevice not found|Can't find libdevice|can't find libdevice"
_SHOWN_CHARACTERS = 400


def fails(case: Case) -> Finding | None:
    """An operation on a listed device failed, or quietly ran on the CPU."""
    for operation in case.in_question:
        elsewhere = ran_elsewhere(operation)
        if operation.ran and not elsewhere:
            continue
        if _has_better_reason(case):
            return None
        text = operation.error or f"ran on {operation.ran_on}"
        return error(
            "operation_fails_on_device",
            Link.OPERATION_RUNS,
            Evidence(f"operation on {operation.device}", text[:_SHOWN_CHARACTERS]),
            device=operation.device,
            message=_last_line(text),
            elsewhere=operation.ran_on or "" if elsewhere else "",
        )
    return None


def no_memory(case: Case) -> Finding | None:
    """Even a small operation found no memory: somebody else holds it."""
    if all(operation.ran for operation in case.in_question):
        return None
    match = first_match(case, _MEMORY)
    if match is None:
        return None
    processes = case.machine.processes if case.machine else ()
    holders = [process for process in processes if process.device.startswith("gpu:")]
    return error(
        "gpu_memory_held_by_other_process",
        Link.OPERATION_RUNS,
        match.evidence,
        *(process_evidence(process) for process in holders[:3]),
        confidence=Confidence.LIKELY,
        pid=str(holders[0].pid) if holders else "",
        process=(holders[0].name or "") if holders else "",
    )


def libdevice(case: Case) -> Finding | None:
    """XLA could not compile, since a file of the CUDA toolkit is not found."""
    if case.proof is not None or not case.has_nvidia:
        return None
    match = first_match(case, _LIBDEVICE)
    return error("libdevice_not_found", Link.OPERATION_RUNS, match.evidence) if match else None


def wrong_result(case: Case) -> Finding | None:
    """An operation ran where it should, and its result is wrong."""
    wrong = [
        operation for operation in case.in_question if operation.ran and operation.right is False
    ]
    if not wrong:
        return None
    evidence = [
        Evidence(
            f"operation on {operation.device}",
            operation.error or "the result differs from the exact one",
        )
        for operation in wrong
    ]
    devices = ", ".join(operation.device for operation in wrong)
    return error("wrong_results_on_device", Link.RESULT_RIGHT, *evidence, device=devices)


def _has_better_reason(case: Case) -> bool:
    rules = (architecture_missing, no_memory, libdevice, exclusive, preallocated)
    return any(rule(case) is not None for rule in rules)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_SHOWN_CHARACTERS] if lines else ""


RULES: tuple[Rule, ...] = (fails, no_memory, libdevice, wrong_result)
