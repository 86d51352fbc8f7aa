"""Asks NVML, through an unpatched pynvml, about the driver and every GPU that is awake."""

from __future__ import annotations

from typing import Any, Optional

from accelgui.agent.probe.apart.nvml_calls import CALLS, MEMORY_CALLS, Call, number
from accelgui.agent.probe.apart.telling import loaded_path, tell, tell_calling

# Not supported here, not permitted to this user, not in this driver: the device does not report
# it. Anything else is a problem.
NOT_REPORTED = (3, 4, 13)


def ask(arguments: list[str]) -> None:
    """Tell all that NVML says; arguments are the indices of GPUs that must not be woken."""
    tell_calling("import pynvml")
    try:
        import pynvml
    except Exception as error:  # noqa: BLE001 - Whatever a broken package raises.
        tell("init", code=None, name="not_called", message=f"{type(error).__name__}: {error}")
        return
    tell_calling("nvmlInit")
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        tell("init", **_refusal(pynvml, error), library_path=loaded_path("libnvidia-ml.so"))
        return
    path = loaded_path("libnvidia-ml.so")
    tell("init", code=0, name="NVML_SUCCESS", message=None, library_path=path)
    _tell_system(pynvml)
    _tell_gpus(pynvml, {int(index) for index in arguments})


def _tell_system(pynvml: Any) -> None:
    driver = _answer(pynvml, "nvmlSystemGetDriverVersion")
    cuda = _answer(pynvml, "nvmlSystemGetCudaDriverVersion_v2")
    if cuda is None:
        cuda = _answer(pynvml, "nvmlSystemGetCudaDriverVersion")
    tell(
        "system",
        driver_version=driver.decode() if isinstance(driver, bytes) else driver,
        cuda_version=f"{cuda // 1000}.{cuda % 1000 // 10}" if cuda else None,
        count=_answer(pynvml, "nvmlDeviceGetCount"),
    )


def _tell_gpus(pynvml: Any, asleep: set[int]) -> None:
    # By index, since only a handle initializes a GPU: one that sleeps or is lost harms no other.
    for index in range(_answer(pynvml, "nvmlDeviceGetCount") or 0):
        if index in asleep:
            continue
        tell("gpu", index=index)
        handle = _answer(pynvml, "nvmlDeviceGetHandleByIndex", index, index=index)
        if handle is not None:
            for call in CALLS:
                _tell_facts(pynvml, call, handle, index)
            _tell_memory(pynvml, handle, index)
            _tell_processes(pynvml, handle, index)


def _tell_processes(pynvml: Any, handle: Any, index: int) -> None:
    function = "nvmlDeviceGetComputeRunningProcesses"
    for process in _answer(pynvml, function, handle, index=index) or ():
        memory = number(process.usedGpuMemory) if process.usedGpuMemory is not None else None
        tell("process", index=index, pid=int(process.pid), memory_used_bytes=memory)


def _tell_memory(pynvml: Any, handle: Any, index: int) -> None:
    newer, older = MEMORY_CALLS
    if not _tell_facts(pynvml, newer, handle, index, must_tell=False):
        _tell_facts(pynvml, older, handle, index)


def _tell_facts(
    pynvml: Any, call: Call, handle: Any, index: int, *, must_tell: bool = True
) -> bool:
    answer = _answer(pynvml, call.function, handle, *call.arguments, index=index)
    if answer is None and not must_tell:
        return False
    for fact in call.facts:
        value = None if answer is None else fact.take(answer)
        tell("fact", group=fact.group, name=fact.name, value=value, source=call.function)
    return answer is not None


def _answer(pynvml: Any, function: str, *arguments: Any, index: Optional[int] = None) -> Any:
    """Call NVML; returns None, and tells problems, where it does not answer."""
    name = function if index is None else f"{function}(gpu:{index})"
    tell_calling(name)
    try:
        return getattr(pynvml, function)(*arguments)
    except AttributeError:  # An older pynvml.
        return None
    except pynvml.NVMLError as error:
        if error.value not in NOT_REPORTED:
            tell("refused", call=name, **_refusal(pynvml, error))
        return None


def _refusal(pynvml: Any, error: Any) -> dict[str, Any]:
    return {"code": error.value, "name": _error_name(pynvml, error.value), "message": str(error)}


def _error_name(pynvml: Any, code: int) -> str:
    names = (name for name in dir(pynvml) if name.startswith("NVML_ERROR_"))
    return next((n for n in names if getattr(pynvml, n) == code), f"NVML_ERROR_{code}")
