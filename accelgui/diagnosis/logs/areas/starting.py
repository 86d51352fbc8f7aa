"""What frameworks say when they start CUDA, and what shows that they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_LIKELY = Confidence.LIKELY

SIGNS = (
    # It works.
    sign(
        "gpu_listed",
        (
            "device:gpu:",
            "gpudevice(id=",
            "cudadevice(id=",
            "[cuda(id=",
            "cuda(id=",
            "physical_device:gpu:",
            "rocmdevice(id=",
        ),
        r"Created (?:TensorFlow )?device \(?[^\n]{0,60}device:GPU:\d+ with (?P<mb>\d+) MB"
        r"|(?:Gpu|Cuda|Rocm)Device\(id=|\[Cuda\(id=|physical_device:GPU:\d|Adding visible gpu",
    ),
    sign(
        "gpu_computes",
        ("loss:", "loss=", "it/s", "samples/sec", "epoch", "tokens/s"),
        r"(?:loss[:=] ?\d|\d(?:it|s)/(?:s|it)\b|samples/sec|tokens/s)[^\n]{0,60}",
    ),
    sign(
        "true",
        ("is_available", "true"),
        r"cuda\.is_available\(\)\)?[^\w\n]{0,12}True\b|CUDA available: ?True"
        r"|Is CUDA available: ?True",
    ),
    sign(
        "false",
        ("is_available", "cuda available"),
        r"cuda\.is_available\(\)\)?\s*False\b|[Cc]uda available: ?False"
        r"|torch\.cuda\.is_available\(\) (?:is|returns|=|==) False",
    ),
    sign(
        "no_gpu_list",
        ("list_physical_devices", "num gpus available"),
        r"list_physical_devices\(['\"]GPU['\"]\)\)?\s*\[\]|Num GPUs Available: *0",
    ),
    sign(
        "driver_seen",
        ("found device 0", "libcuda reported", "kernel reported", "pcibusid", "with properties"),
        r"Found device \d+ with properties|pciBusID|kernel reported version is: (?P<v>[\d.]+)",
    ),
    sign("cuda_version_found", "cuda version", r"CUDA Version: ?\d+\.\d+"),
    # cuInit.
    sign(
        "cuinit",
        ("failed call to cuinit", "cuinit failed", "cuinit: ", "call to cuinit"),
        r"cuInit[^\n]{0,30}?:? ?(?:CUDA error: )?(?P<error>CUDA_ERROR_\w+|UNKNOWN ERROR ?\(\d+\)|"
        r"no CUDA-capable device|unknown error|[A-Z_]{6,})",
    ),
    sign(
        "cuinit_no_library",
        ("unknown error (303)", "cuda_error_shared_object_init", "unknown error(303)"),
        r"UNKNOWN ERROR ?\(303\)|SHARED_OBJECT_INIT",
    ),
    sign(
        "no_device",
        (
            "no cuda-capable device",
            "cuda_error_no_device",
            "cudaerrornodevice",
            "error 100",
            "error 101",
        ),
        r"no CUDA-capable device|CUDA_?ERROR_?NO_?DEVICE|(?:CUDA|cuda)[^\n]{0,30}error 100\b"
        r"|invalid device ordinal",
    ),
    sign(
        "cuda_unknown",
        (
            "cuda unknown error",
            "cuda_error_unknown",
            "error 999",
            "cudaerrorunknown",
            "unknown error",
        ),
        r"CUDA unknown error|CUDA_?ERROR_?UNKNOWN|error 999\b"
        r"|CUDA(?: error)?: unknown error",
    ),
    sign(
        "kernel_driver_absent",
        ("kernel driver does not appear", "/proc/driver/nvidia/version"),
        r"kernel driver does not appear to be running|/proc/driver/nvidia/version does not exist"
        r"|/proc/driver/nvidia/version[^\n]{0,10}: No such file",
    ),
    sign(
        "no_libcuda",
        ("libcuda.so", "libcuda", "nvcuda.dll", "cuda driver library"),
        r"(?:could not (?:load|open|find)|cannot find|unable to (?:load|open|find)|not find|"
        r"failed to (?:load|open|dlopen))[^\n]{0,40}(?:libcuda\.so(?:\.1)?|nvcuda\.dll)"
        r"|libcuda\.so(?:\.1)?: cannot open shared object|libcuda\.so(?:\.1)? not found"
        r"|CUDA driver library (?:cannot|could not) be (?:found|loaded)",
    ),
    sign(
        "libcuda_there",
        ("/usr/lib/wsl/lib/libcuda", "libcuda.so"),
        r"(?P<folder>/[\w./+-]{1,120}?)/libcuda\.so\.[\d.]+(?:\s|$|\))",
    ),
    sign(
        "libcuda_stub",
        ("stubs", "stub library", "cudaerrorstublibrary", "stub_library"),
        r"stubs/libcuda\.so|stub library|StubLibrary|CUDA_ERROR_STUB",
        says="libcuda_not_on_loader_path",
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
    # Numbers, as the driver's and the runtime's headers give them; `weighing` names them.
    sign(
        "cuda_number",
        (
            "error 35",
            "error: 35",
            "error: 222",
            "error 222",
            "err: ",
            "failure: ",
            "failure with error",
            "returned ",
            "code=",
            "error code",
            "device context ",
            "] call to cu",
        ),
        r"(?:cu(?:da|init|dart)|CUDA)\w*[^\n]{0,60}?\b(?:err(?:or)?|failure|code|returned|status"
        r"|context)(?: code)?(?: with error)?(?: is)?[ :=(]{1,3}(?P<number>\d{1,3})\b(?!\.\d|:)"
        r"|\[(?P<number2>\d{1,3})\] Call to cu[A-Z]\w+",
    ),
    sign("nodes_listed", "/dev/nvidiactl", r"(?:/dev/nvidia\d\b|\bls )[^\n]{0,200}/dev/nvidiactl"),
    sign("uvm_named", ("nvidia-uvm", "nvidia_uvm")),
    # PyTorch.
    sign(
        "torch_no_driver",
        "found no nvidia driver on your system",
        r"Found no NVIDIA driver on your system",
    ),
    sign("torch_no_gpus", "no cuda gpus are available", r"No CUDA GPUs are available"),
    sign("container_hint", ("docker", "kubernetes", "container", "kubectl", "podman"), None),
    sign("colab", ("colab", "/usr/local/lib/python3.", "kaggle"), r"colab|kaggle"),
    # Variables.
    sign(
        "uvm_absent",
        "nvidia-uvm",
        r"/dev/nvidia-uvm[^\n]{0,30}No such"
        r"|nvidia[-_]uvm[^\n]{0,40}(?:not (?:loaded|found)|missing)"
        r"|modprobe nvidia[-_]uvm",
    ),
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
            "culaunchkernel",
            "execution_failed",
        ),
        r"illegal memory access|(?:unspecified )?launch failure|device-side assert|LAUNCH_FAILED"
        r"|misaligned address|CUDA_ERROR_ILLEGAL\w+|'cuLaunchKernel' failed"
        r"|STATUS_EXECUTION_FAILED",
    ),
    sign(
        "wrong",
        ("faulty", "differs from", "mismatch with cpu", "results differ"),
        r"GPU \d+[^\n]{0,10}: FAULTY|results? (?:differs?|mismatch)[^\n]{0,40}(?:CPU|reference)",
        says="wrong_results_on_device",
    ),
    sign(
        "no_gpu_stated",
        (
            "no nvidia gpu",
            "no gpu found",
            "no gpus found",
            "no gpu detected",
            "no cuda gpu",
            "no gpu device",
            "no nvidia devices",
            "no compatible gpu",
            "no usable gpu",
            "no supported gpu",
            "no cuda devices",
        ),
        r"\bno (?:NVIDIA |CUDA |supported |compatible |usable )?(?:GPU|device)(?:s|\(s\))? (?:was "
        r"|were |is |are )?(?:found|detected|discovered|present|device)",
        says="no_accelerator_present",
        confidence=Confidence.POSSIBLE,
    ),
    sign(
        "hung",
        ("did not answer", "timed out", "hung task", "blocked for more than"),
        r"(?:nvidia-smi|nvidia_uvm|nv_open_q|python\d?|nvidia)[^\n]{0,30}(?:timed out|blocked for"
        r" more than \d+ seconds|did not (?:answer|respond))",
        says="probe_timed_out",
        confidence=_LIKELY,
    ),
)


def compat(clues: Clues) -> Iterator[Candidate]:
    """Errors 803 and 804: the loaded libcuda is not the running driver's own."""
    changed = clues.has("mismatch", "api_mismatch", "dso_mismatch")
    folder = clues.all("compat_folder")[:1]
    if clue := clues.first("compat_gpu"):
        if changed:
            yield possible("cuda_compat_libs_on_unsupported_gpu", [clue])
        else:
            yield likely("cuda_compat_libs_on_unsupported_gpu", [clue, *folder])
            yield possible("driver_upgraded_not_reloaded", [clue])
            yield possible("driver_too_old_for_cuda", [clue])
    if clue := clues.first("compat_shadow"):
        if changed:
            yield possible("cuda_compat_libs_shadow_newer_driver", [clue])
        else:
            yield likely("cuda_compat_libs_shadow_newer_driver", [clue, *folder])
            yield possible("driver_upgraded_not_reloaded", [clue])


def unknown_error(clues: Clues) -> Iterator[Candidate]:
    """Error 999: libcuda is there, and does not get through to nvidia_uvm."""
    clue = clues.first("cuda_unknown")
    if clue is None or clues.has("mismatch", "no_cgroups"):
        return
    slept = clues.first("suspended")
    nodes = clues.first("uvm_absent")
    listed = clues.first("nodes_listed")
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


def no_device(clues: Clues) -> Iterator[Candidate]:
    """CUDA started and saw no GPU."""
    clue = clues.first("no_device")
    if clue is None or clues.has("gpu_listed", "visible_hides", "other_framework_works"):
        return
    smi = clues.first("smi", "smi_gpu")
    if clues.has("kernel_driver_absent"):
        return
    if clues.has("invalid_device_id") and clues.has("smi_gpu", "smi"):
        yield likely("wrong_cuda_visible_devices", [clue])
    elif smi:
        yield likely("wrong_cuda_visible_devices", [clue, smi])
        yield possible("device_nodes_missing", [clue])
        yield possible("mig_enabled_without_instances", [clue])
    else:
        yield possible("wrong_cuda_visible_devices", [clue])
        yield possible("driver_module_not_loaded", [clue])
        yield possible("no_accelerator_present", [clue])


def no_kernel_driver(clues: Clues) -> Iterator[Candidate]:
    """No NVIDIA driver in this kernel, or none that can be seen from here."""
    clue = clues.first("kernel_driver_absent", "torch_no_driver", "cuinit_no_library")
    inside = clues.has("container_host", "container_host_any", "container_prompt")
    if clue is None or inside or clues.has("gpu_listed", "other_framework_works", "docker_started"):
        return
    if clues.has("smi", "wsl", "libcuda_there") and clues.has("no_libcuda", "cuinit_no_library"):
        return
    yield (possible if clues.has("colab") else likely)("driver_not_installed", [clue])
    yield possible("container_started_without_gpus", [clue])
    if clues.has("lspci_nvidia", "gpu_missing_package"):
        return
    yield possible("driver_module_not_loaded", [clue])
    yield (likely if clues.has("colab") else possible)("no_accelerator_present", [clue])


def no_gpus_for_torch(clues: Clues) -> Iterator[Candidate]:
    """PyTorch's build and driver are well, and no GPU is left to see."""
    clue = clues.first("torch_no_gpus")
    if clue is None or clues.has("visible_hides"):
        return
    smi = clues.first("smi", "smi_gpu")
    yield likely("wrong_cuda_visible_devices", [clue, *([smi] if smi else [])])
    yield possible("container_started_without_gpus", [clue])
    if not smi:
        yield possible("no_accelerator_present", [clue])


def no_libcuda(clues: Clues) -> Iterator[Candidate]:
    """Libcuda is not found: not there, or not where the loader looks."""
    clue = clues.first("no_libcuda", "cuinit_no_library")
    if clue is None or clues.has("gpu_listed", "other_framework_works"):
        return
    there = clues.first("libcuda_there")
    wsl = clues.first("wsl")
    if there and "cannot open" not in there.text.lower():
        yield likely("libcuda_not_on_loader_path", [clue, there], folder=there["folder"])
    elif wsl:
        yield likely("libcuda_not_on_loader_path", [clue, wsl], folder="/usr/lib/wsl/lib")
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue, wsl])
    elif smi := clues.first("smi"):
        yield likely("libcuda_not_on_loader_path", [clue, smi])
        yield possible("driver_capabilities_without_compute", [clue])
    elif not clues.has("kernel_driver_absent", "torch_no_driver", "cli_no_nvml"):
        yield likely("driver_not_installed", [clue])
        yield likely("libcuda_not_on_loader_path", [clue])
        yield possible("no_accelerator_present", [clue])


def failed_operation(clues: Clues) -> Iterator[Candidate]:
    """CUDA started, and an operation ended in an error that may have any cause."""
    if clue := clues.first("launch_failed"):
        yield likely("operation_fails_on_device", [clue], message=clue.text[:200])


RULES: tuple[Rule, ...] = (
    compat,
    unknown_error,
    no_device,
    no_kernel_driver,
    no_gpus_for_torch,
    no_libcuda,
    failed_operation,
)
