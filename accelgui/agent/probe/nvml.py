"""NVML's answers, asked for in a process apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from accelgui.agent.probe.answer import call_result, lost_in
from accelgui.agent.probe.child import Child
from accelgui.model.device import DeviceFact
from accelgui.model.snapshot import CallResult, Process
from accelgui.model.wire import from_json

# More GPUs than this hang only together, and each costs the whole limit again.
_PROCESSES = 3


@dataclass
class NvmlAnswer:
    """What NVML told until it ended: `gpus` holds the facts of each GPU by its NVML index."""

    init: CallResult
    driver_version: Optional[str] = None
    cuda_version: Optional[str] = None
    count: Optional[int] = None
    gpus: dict[int, list[DeviceFact]] = field(default_factory=dict)
    problems: list[CallResult] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)


def ask_nvml(asleep: list[int], silence_s: float) -> NvmlAnswer:
    """Ask NVML about the driver and all GPUs but the sleeping ones.

    What was told before a hang or a crash is kept; the call that did it is among the problems,
    and is `init` itself where that was as far as it came. The GPUs after a hanging one are asked
    by a new process.
    """
    answer = NvmlAnswer(init=CallResult(call="nvmlInit"))
    for _attempt in range(_PROCESSES):
        child = Child("nvml", [str(index) for index in (*asleep, *answer.gpus)], silence_s)
        for event in child:
            _take(answer, event)
        lost = lost_in(child)
        if lost is None:
            break
        if answer.init.code is None and answer.init.name is None:
            answer.init = lost
            break
        answer.problems.append(lost)
        if not answer.gpus or max(answer.gpus) + 1 >= (answer.count or 0):
            break
    return answer


def _take(answer: NvmlAnswer, event: dict[str, Any]) -> None:
    kind = event["kind"]
    if kind == "init":
        answer.init = call_result("nvmlInit", event)
    elif kind == "system":
        answer.driver_version = event["driver_version"]
        answer.cuda_version = event["cuda_version"]
        answer.count = event["count"]
    elif kind == "gpu":
        answer.gpus[event["index"]] = []
    elif kind == "fact":
        answer.gpus[max(answer.gpus)].append(from_json(DeviceFact, event))
    elif kind == "process":
        device, memory = f"gpu:{event['index']}", event["memory_used_bytes"]
        answer.processes.append(Process(event["pid"], device, memory_used_bytes=memory))
    elif kind == "refused":
        _note(answer.problems, call_result(event["call"], event))


def _note(problems: list[CallResult], problem: CallResult) -> None:
    # A lost GPU refuses every call with the same code: its first is enough.
    gpu = problem.call.partition("(")[2]
    told = {(known.call.partition("(")[2], known.code) for known in problems}
    if not gpu or (gpu, problem.code) not in told:
        problems.append(problem)
