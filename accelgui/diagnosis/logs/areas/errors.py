"""Errors of CUDA itself, by their names, words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_LIKELY = Confidence.LIKELY

# CUresult and cudaError_t of CUDA's headers; the runtime's numbers below 100 are those of before
# CUDA 10.1, too. Each stands for the sign that its words are.
CUDA_NUMBERS = {
    "35": "insufficient",
    "36": "too_old",
    "38": "no_device",
    "46": "busy",
    "48": "arch",
    "77": "launch_failed",
    "100": "no_device",
    "101": "invalid_device_id",
    "200": "arch",
    "209": "arch",
    "214": "ecc",
    "218": "arch",
    "222": "too_old",
    "304": "os_refused",
    "500": "symbol_not_found",
    "700": "launch_failed",
    "715": "launch_failed",
    "716": "launch_failed",
    "719": "launch_failed",
    "802": "fabric",
    "803": "compat_shadow",
    "804": "compat_gpu",
    "999": "cuda_unknown",
}
# Numbers that say so only right behind the name of a call.
CALL_NUMBERS = {
    **CUDA_NUMBERS,
    "2": "oom",
    "3": "not_initialised",
    "10": "invalid_device_id",
    "30": "cuda_unknown",
    "34": "libcuda_stub",
}
# nvmlReturn_t of nvml.h.
NVML_NUMBERS = {
    "4": "nvml_permission",
    "9": "nvml_not_loaded",
    "12": "nvml_absent",
    "15": "fell_off",
    "17": "wsl_blocked",
    "18": "mismatch",
    "999": "nvml_unknown",
}
NUMBERED = {
    "cuda_number": CUDA_NUMBERS,
    "call_number": CALL_NUMBERS,
    "nvml_number": NVML_NUMBERS,
}

_CONTAINERS = (
    "docker",
    "container_host",
    "container_host_any",
    "container_prompt",
    "container_hint",
)

SIGNS = (
    sign(
        "cuda_unknown",
        (
            "cuda unknown error",
            "cuda_error_unknown",
            "error 999",
            "cudaerrorunknown",
            "unknown error",
        ),
        r"init GPU: unknown error|CUDA unknown error|CUDA_?ERROR_?UNKNOWN|error 999\b"
        r"|-> unknown error"
        r"|CUDA(?: (?:driver |runtime )?(?:error|failure))?[: ]{1,2}'?unknown error",
    ),
    sign(
        "compat_gpu",
        (
            "forward compatibility was attempted",
            "compat_not_supported",
            "compatnotsupported",
            "error 804",
        ),
        r"forward compatibility was attempted|COMPAT_?NOT_?SUPPORTED|error 804\b",
    ),
    sign(
        "compat_shadow",
        (
            "unsupported display driver",
            "system_driver_mismatch",
            "systemdrivermismatch",
            "error 803",
        ),
        r"unsupported display driver|SYSTEM_?DRIVER_?MISMATCH|error 803\b",
    ),
    sign(
        "compat_folder", ("compat", "cuda-compat"), r"/usr/local/cuda[\w.-]*/compat|cuda-compat-\d"
    ),
    # What containers do not have.
    sign(
        "bare_metal",
        (
            "bare-metal",
            "bare metal",
            "apt upgrade",
            "apt-get upgrade",
            "unattended",
            "dpkg.log",
            "conda3/",
            "/.conda/envs",
        ),
        r"bare[- ]metal|apt(?:-get)? (?:dist-)?upgrade|unattended[- ]upgrade|dpkg\.log"
        r"|/home/\w+/(?:ana|mini)conda3/|/home/\w+/\.conda/envs",
    ),
    sign(
        "cuda_number",
        (
            "cuda error",
            "cuda_error",
            "cuda driver",
            "cuda failure",
            "cuda_failure",
            "cudaerror",
            "cuinit",
            "cudart",
            "cudaget",
            "cudaset",
            "err: ",
            "failure: ",
            "failure with error",
            "returned ",
            "code=",
            "error code",
            "device context ",
            "] call to cu",
            "return value ",
        ),
        r"(?:cu(?:da|init|dart)|CUDA)\w*[^\n]{0,60}?\b(?:err(?:or)?|failure|code|returned|status"
        r"|context)(?: code)?(?: with error)?(?: is)?[ :=(#]{1,3}(?P<number>\d{2,3})\b(?!\.\d|:\d)"
        r"|\bcuda\w*error\w* ?\((?P<number3>\d{2,3})\)"
        r"|return value (?P<number4>\d{2,3}) from '?cuda\w+"
        r"|\[(?P<number2>\d{1,3})\] Call to cu[A-Z]\w+|CUresult\((?P<number5>\d{2,3})\)",
    ),
    sign(
        "call_number",
        (
            "] call to cu",
            "cudaget",
            "cudaset",
            "cudamalloc",
            "cudafree",
            "cudadevice",
            "cuinit",
            "cudevice",
            "cumem",
            "cuda error ",
            "cuda driver error",
            "cuda error:",
            "library init failure",
            "cudasuccess (",
            "thcudacheck fail",
            "cuda runtime error",
        ),
        r"\[(?P<number>\d{1,3})\] Call to cu|\bcu(?!daGetDeviceCount)(?:da|Init|Device|Mem)\w*(?:"
        r" ?\([^)\n]{0,40}\))?"
        r"[^\w\n]{0,4}(?:has |call )?(?:returned|returns|failed|err(?:or)?)(?: with)?(?: error)?(?:"
        r" code)?[ :=(]{1,3}(?P<number2>\d{1,3})\b(?!\.\d|:\d)"
        r"|CUDA (?:driver |runtime )?error(?: code)?[ :=(]{1,3}(?P<number3>\d{1,3})\b(?!\.\d|:\d)"
        r"|cudaSuccess \((?P<number5>\d{1,3}) vs\.? 0\)|THCudaCheck FAIL[^\n]{0,200}"
        r" error=(?P<number6>\d{1,3})\b"
        r"|cuda runtime error \((?P<number7>\d{1,3})\)"
        r"|library init failure: (?P<number4>\d{1,3})\b",
    ),
    # What libcuda's stub in images answers where no driver was put over it.
    sign("stub_loaded", "cuinit", r"cuInit: UNKNOWN ERROR ?\(34\)"),
    sign(
        "nvml_number",
        "nvml",
        r"nvml\w*[^\n]{0,40}?\b(?:failure|err(?:or)?|returned|code|failed)(?: code)?[ :=(]{1,3}"
        r"(?P<number>\d{1,3})\b(?!\.\d|:\d)",
    ),
    sign(
        "not_initialised",
        (
            "initialization error",
            "cuda_error_not_initialized",
            "cudaerrorinitializationerror",
            "cuda driver initialization failed",
        ),
        r"CUDA_ERROR_NOT_INITIALIZED|CUDA driver initialization failed|cudaErrorInitializationError"
        r"|CUDA(?: error)?:? initialization error|-> initialization error",
    ),
    sign(
        "os_refused",
        ("cuda_error_operating_system", "os call failed", "cudaerroroperatingsystem"),
        r"CUDA_ERROR_OPERATING_SYSTEM|OS call failed or operation not supported|"
        r"cudaErrorOperatingSystem",
    ),
    sign("nodes_listed", "/dev/nvidiactl", r"(?:/dev/nvidia\d\b|\bls )[^\n]{0,200}/dev/nvidiactl"),
    sign("uvm_named", ("nvidia-uvm", "nvidia_uvm")),
    sign(
        "uvm_absent",
        "nvidia-uvm",
        r"modprobe nvidia[-_]uvm",
    ),
    sign(
        "uvm_missing",
        ("nvidia-uvm", "nvidia_uvm", "_uvm'", "uvm kernel module", "uvm driver"),
        r"/dev/nvidia-uvm(?:-tools)?['\"]?[^\n]{0,30}(?:No such|does not exist|not found|missing)"
        r"|nvidia[-_]uvm[^\n]{0,40}(?:not (?:loaded|found)|missing)"
        r"|(?:could not insert|find module by name=) ?'?nvidia[-_\d]*[-_]uvm"
        r"|(?:could not|cannot|unable to|failed to) (?:load|insert|find|open|stat)[^\n]{0,20}"
        r"(?:UVM kernel module|nvidia[-_]uvm|UVM driver)",
        says="uvm_module_not_loaded",
    ),
)


def compat(clues: Clues) -> Iterator[Candidate]:
    """Errors 803 and 804: the loaded libcuda is not the running driver's own."""
    changed = clues.has("mismatch", "api_mismatch", "dso_mismatch", "built_for_driver")
    folder = clues.all("compat_folder")[:1]
    on_host = clues.first("bare_metal") if not clues.has(*_CONTAINERS) and not folder else None
    if clue := clues.first("compat_gpu"):
        if changed:
            yield possible("cuda_compat_libs_on_unsupported_gpu", [clue])
        elif on_host:
            yield likely("driver_upgraded_not_reloaded", [clue, on_host])
            yield likely("cuda_compat_libs_on_unsupported_gpu", [clue])
        else:
            yield likely("cuda_compat_libs_on_unsupported_gpu", [clue, *folder])
            yield possible("driver_upgraded_not_reloaded", [clue])
            yield possible("driver_too_old_for_cuda", [clue])
    if clue := clues.first("compat_shadow"):
        if changed:
            yield possible("cuda_compat_libs_shadow_newer_driver", [clue])
        elif on_host:
            yield likely("driver_upgraded_not_reloaded", [clue, on_host])
            yield likely("cuda_compat_libs_shadow_newer_driver", [clue])
        else:
            yield likely("cuda_compat_libs_shadow_newer_driver", [clue, *folder])
            yield possible("driver_upgraded_not_reloaded", [clue])


def unknown_error(clues: Clues) -> Iterator[Candidate]:
    """Error 999: libcuda is there, and does not get through to nvidia_uvm."""
    clue = clues.first("cuda_unknown")
    if clue is None or clues.has("mismatch", "no_cgroups"):
        return
    slept = clues.first("suspended")
    nodes = clues.first("uvm_missing", "uvm_absent")
    listed = clues.first("nodes_listed", "lsmod_nvidia")
    if nodes is None and listed and not clues.has("uvm_named", "nvml_unknown"):
        nodes = listed
    if nodes:
        yield likely("uvm_module_not_loaded", [nodes, clue])
        yield possible("uvm_broken_after_suspend", [clue])
    elif slept:
        yield likely("uvm_broken_after_suspend", [slept, clue])
        yield possible("uvm_module_not_loaded", [clue])
    elif clues.has("nvml_unknown", "dev_denied"):
        return
    else:
        yield likely("uvm_broken_after_suspend", [clue])
        yield likely("uvm_module_not_loaded", [clue])
        yield possible("device_permission_denied", [clue])


def not_initialised(clues: Clues) -> Iterator[Candidate]:
    """Error 3 and refused calls to the system: the device files of nvidia_uvm, mostly."""
    if clue := clues.first("not_initialised"):
        yield possible("uvm_module_not_loaded", [clue])
        yield possible("driver_module_not_loaded", [clue])
        yield possible("operation_fails_on_device", [clue], message=clue.text[:200])
    if clue := clues.first("os_refused"):
        has_other = clues.has("bitsandbytes_cpu", "missing", "missing_elf")
        yield (possible if has_other else likely)("device_permission_denied", [clue])
        yield possible("uvm_module_not_loaded", [clue])
        yield possible("wsl_or_gpupv_host_driver_libs_missing", [clue])


RULES: tuple[Rule, ...] = (
    compat,
    unknown_error,
    not_initialised,
)
