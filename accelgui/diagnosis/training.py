"""What a training run shows: memory that was lacking, numbers that went astray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence, Finding, Severity
from accelgui.model.memory import SHORTAGES, MemoryShortage
from accelgui.model.memory_messages import is_shortage, read
from accelgui.model.outcome import RunStatus
from accelgui.model.training import TrainingVerdict, judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accelgui.model.events import TrainingDone, WorkFailed
    from accelgui.model.memory import MemoryHolder
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.requests import TrainingRequest

_VERDICTS = {
    TrainingVerdict.NOT_FINITE: "training_not_finite",
    TrainingVerdict.DIVERGED: "training_diverged",
    TrainingVerdict.BELOW_EXPECTATION: "training_does_not_converge",
}

_SHOWN_HOLDERS = 3


def of_failure(failed: WorkFailed) -> Finding | None:
    """Return what lacked memory, with who holds it; None where the failure is another one."""
    if failed.code not in SHORTAGES:
        return None
    return _of_memory(failed.memory or MemoryShortage(""), failed.code, failed.message)


def of_log(
    outcome: RunOutcome, log: Sequence[str], request: TrainingRequest, device: str | None
) -> Finding | None:
    """Return what lacked memory where the framework said so and crashed; None for other ends."""
    if outcome.status is not RunStatus.KILLED:
        return None
    words = [line for line in log if is_shortage(line)]
    if not words:
        return None
    shortage = read(words[-1], device or request.device)
    return _of_memory(shortage, shortage.code, words[-1].strip(), Confidence.LIKELY)


def of_numbers(done: TrainingDone, request: TrainingRequest, device: str) -> Finding | None:
    """Return what is wrong with where a run ended, None where nothing is."""
    code = _VERDICTS.get(judge(done))
    if code is None:
        return None
    own_data = request.data_path or request.script_path
    parameters = {
        "device": device,
        "framework": request.framework,
        "model": request.model,
        "precision": request.precision,
        "epochs": str(request.epochs),
        "path": request.data_path or "",
        "script": request.script_path or "",
        "reached": _number(done.validation_accuracy),
        "expected": _number(done.expected_accuracy),
        "loss": _number(done.loss),
    }
    return Finding(
        code,
        Severity.ERROR,
        Link.RESULT_RIGHT,
        Confidence.POSSIBLE if own_data else Confidence.CERTAIN,
        parameters={name: value for name, value in parameters.items() if value},
    )


def _of_memory(
    memory: MemoryShortage, code: str, message: str, confidence: Confidence = Confidence.CERTAIN
) -> Finding:
    sizes: Mapping[str, int | None] = {
        "asked_bytes": memory.asked_bytes,
        "free_bytes": memory.free_bytes,
        "total_bytes": memory.total_bytes,
        "own_bytes": memory.own_bytes,
    }
    parameters = {name: str(size) for name, size in sizes.items() if size is not None}
    parameters |= {"device": memory.device} if memory.device else {}
    parameters |= {"limited_by": memory.limited_by} if memory.limited_by else {}
    parameters |= {"variable": memory.setting} if memory.setting else {}
    if memory.holders:
        first = memory.holders[0]
        parameters |= {"pid": str(first.pid), "process": first.name or ""}
        if first.memory_bytes is not None:
            parameters["held_bytes"] = str(first.memory_bytes)
    holders = [_evidence(memory.device, holder) for holder in memory.holders[:_SHOWN_HOLDERS]]
    return Finding(
        code,
        Severity.ERROR,
        Link.OPERATION_RUNS,
        confidence,
        (Evidence("log" if confidence is Confidence.LIKELY else "framework", message), *holders),
        parameters,
    )


def _evidence(device: str, holder: MemoryHolder) -> Evidence:
    who = f"process {holder.pid} {holder.name or ''}".strip()
    held = holder.memory_bytes
    return Evidence(device, who if held is None else f"{who}: {held} bytes")


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value))
