"""Work that a device began and did not finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "launch_failed",
        (
            "illegal memory access",
            "unspecified launch failure",
            "launch failure",
            "device-side assert",
            "cuda_error_launch_failed",
            "misaligned address",
            "cuda_error_illegal",
            "cudaerrorillegal",
            "cudaerrorlaunch",
            "culaunchkernel",
            "execution_failed",
            "illegal instruction was encountered",
            "hardware stack error",
            "invalid program counter",
            "launch timed out and was terminated",
            "cuda error: operation not",
            "cuda error: invalid",
            "unhandled cuda error",
            "re-initialize cuda in forked",
            "unhandledcudaerror",
            "ncclsystemerror",
            "unhandled system error",
            "ncclinternalerror",
            "memory access fault by gpu",
            "hardware exception",
            "hw exception by gpu",
            "hiperrorillegal",
            "hiperrorlaunch",
            "cuda_error_not_supported",
            "cuda_error_invalid_handle",
            "device lost",
            "devicelost",
            "device_lost",
            "device_removed",
            "device_hung",
            "device removed",
            "kernel self-test failed",
            "no capable devices found",
            "out of resource: ",
            "too many resources requested",
            "nccl error",
            "nccl failure",
            "ncclinvalidusage",
            "ncclremoteerror",
            "duplicate gpu detected",
            "collective operation timeout",
            "this version of tensorrt",
            "getdeviceremovedreason",
            "placeholder storage has not",
            "cl_out_of_resources",
        ),
        r"illegal memory access|(?:unspecified )?launch failure|device-side assert|LAUNCH_FAILED"
        r"|misaligned address|CUDA_?ERROR_?ILLEGAL\w+|'cuLaunchKernel[^\n]{0,200}' failed"
        r"|STATUS_EXECUTION_FAILED|cudaErrorLaunch|illegal instruction was encountered"
        r"|hardware stack error|invalid program counter|launch timed out and was terminated"
        r"|CUDA error: (?:operation not (?:supported|permitted)|invalid (?:argument|resource"
        r" handle|"
        r"configuration argument|value))|unhandled ?cuda ?error|re-initialize CUDA in forked"
        r" subprocess|ncclSystemError"
        r"|NCCL[^\n]{0,60}unhandled system error|Memory access fault by GPU"
        r"|(?:HW|hardware) Exception by GPU|hipErrorI?L(?:legal|aunch)\w*|CUDA_ERROR_NOT_SUPPORTED"
        r"|CUDA_ERROR_INVALID_HANDLE|kernel self-test failed|nvenc[^\n]{0,20}\] No capable"
        r" devices found"
        r"|out of resource: shared memory|too many resources requested for launch"
        r"|NCCL (?:error|failure)\b[^\n]{0,80}(?:invalid|unhandled|internal|remote|system|timeout)"
        r"|ncclInvalidUsage|ncclRemoteError|duplicate GPU detected"
        r"|collective operation timeout|engine plan file is not compatible with this version"
        r"|GetDeviceRemovedReason|Placeholder storage has not been allocated on MPS"
        r"|(?<!['\"])CL_OUT_OF_RESOURCES(?!['\"])"
        r"|(?:vk|vulkan|ggml|sycl|ze|ur|d3d\w*|dxgi)\w*[^\n]{0,60}"
        r"(?:device[ _]?(?:lost|removed|hung))",
    ),
    # Of an error that has no sign of its own, this much is sure.
    sign(
        "some_gpu_error",
        ("cuda error: ", "hip error: ", "xpu error: ", "cudaerror", "hiperror", "cuda_error_"),
        r"(?:Error|error|failed|fatal|ERROR)\b[^\n]{0,60}\b(?:CUDA|HIP|XPU) error: [a-z]"
        r"|\b(?:cuda|hip)Error(?!Memory|OutOf)[A-Z]\w+|\bCUDA_ERROR_(?!OUT_OF)[A-Z]\w+",
    ),
)


def failed_operation(clues: Clues) -> Iterator[Candidate]:
    """CUDA started, and an operation ended in an error that may have any cause."""
    if clue := clues.first("launch_failed"):
        yield likely("operation_fails_on_device", [clue], message=clue.text[:200])


RULES: tuple[Rule, ...] = (failed_operation,)
