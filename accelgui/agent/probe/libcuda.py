"""libcuda's answers, asked for in a process apart: cuInit may hang, abort, or wake every GPU."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from accelgui.agent.probe.answer import call_result, lost_in
from accelgui.agent.probe.child import Child
from accelgui.model.snapshot import CallResult


@dataclass
class CudaAnswer:
    """What libcuda told until it ended; `devices` in its own order."""

    init: CallResult
    version: Optional[str] = None
    count: Optional[int] = None
    devices: list[dict[str, Any]] = field(default_factory=list)
    problems: list[CallResult] = field(default_factory=list)


def ask_libcuda(silence_s: float) -> CudaAnswer:
    """Load libcuda, call cuInit, count the devices."""
    child = Child("libcuda", [], silence_s)
    answer = CudaAnswer(init=CallResult(call="cuInit"))
    for event in child:
        _take(answer, event)
    lost = lost_in(child)
    if lost is not None:
        if answer.init.code is None and answer.init.name is None:
            answer.init = lost
        else:
            answer.problems.append(lost)
    return answer


def _take(answer: CudaAnswer, event: dict[str, Any]) -> None:
    kind = event.pop("kind")
    if kind == "init":
        answer.init = call_result("cuInit", event)
    elif kind == "version":
        answer.version = event["version"]
    elif kind == "count":
        answer.count = event["count"]
    elif kind == "device":
        answer.devices.append(event)
    elif kind == "refused":
        answer.problems.append(call_result(event["call"], event))
