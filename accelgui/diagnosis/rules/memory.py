"""Rules of a GPU that somebody else has: its memory, or the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, warning
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.diagnosis.seen import fact_of, facts
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.device import Device
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Process

# What is left below this share is too little for cuDNN's workspace and a small network.
_LITTLE_LEFT = 0.1
_LIBRARY_FAILS = (
    r"(?i)could not create cudnn handle"
    r"|CUDNN_STATUS_(?:NOT_INITIALIZED|INTERNAL_ERROR|ALLOC_FAILED)"
    r"|CUBLAS_STATUS_(?:NOT_INITIALIZED|ALLOC_FAILED)|failed to create cublas handle"
    r"|Failed to get convolution algorithm|DNN library (?:is not found|initialization failed)"
)


def held(case: Case) -> Finding | None:
    """Processes of others leave hardly any memory, though the operation may still have run."""
    for device, used in facts(case, "memory_used_bytes"):
        total = fact_of(device, "memory_total_bytes")
        holders = holders_of(case, device)
        if total is None or not holders or not _is_full(used.value, total.value):
            continue
        return warning(
            "gpu_memory_held_by_other_process",
            Link.OPERATION_RUNS,
            Evidence(used.source, f"{device.key}: {used.value} of {total.value} bytes in use"),
            *(process_evidence(process) for process in holders[:3]),
            pid=str(holders[0].pid),
            process=holders[0].name or "",
        )
    return None


def exclusive(case: Case) -> Finding | None:
    """The GPU takes one process at a time and has one, or takes none."""
    if case.proof is not None:
        return None
    for device, fact in facts(case, "compute_mode"):
        holders = holders_of(case, device)
        evidence = Evidence(fact.source, f"{device.key}: {fact.value}")
        if fact.value == "prohibited":
            return error("exclusive_compute_mode", Link.OPERATION_RUNS, evidence)
        if str(fact.value).startswith("exclusive") and holders and case.tried:
            return error(
                "exclusive_compute_mode",
                Link.OPERATION_RUNS,
                evidence,
                *(process_evidence(process) for process in holders[:3]),
                confidence=Confidence.LIKELY,
            )
    return None


def preallocated(case: Case) -> Finding | None:
    """CuDNN or cuBLAS could not start on a GPU that works: mostly no memory was left for them."""
    if case.proof is not None or all(operation.ran for operation in case.in_question):
        return None
    match = first_match(case, _LIBRARY_FAILS)
    if match is None or not case.has_nvidia:
        return None
    return error(
        "gpu_memory_preallocation",
        Link.OPERATION_RUNS,
        match.evidence,
        confidence=Confidence.LIKELY,
    )


def holders_of(case: Case, device: Device) -> list[Process]:
    """Return the processes on a device, those with most memory first."""
    processes = case.machine.processes if case.machine else ()
    found = [process for process in processes if process.device == device.key]
    return sorted(found, key=lambda process: -(process.memory_used_bytes or 0))


def process_evidence(process: Process) -> Evidence:
    """Return who has the device, and how much of it."""
    who = f"process {process.pid} {process.name or ''}".strip()
    used = process.memory_used_bytes
    return Evidence(process.device, who if used is None else f"{who}: {used} bytes")


def _is_full(used: object, total: object) -> bool:
    if not isinstance(used, int) or not isinstance(total, int) or total <= 0:
        return False
    return used >= total * (1 - _LITTLE_LEFT)


RULES: tuple[Rule, ...] = (held, exclusive, preallocated)
