"""What frameworks say when they start CUDA, and what shows that they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue

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
    # What programs say that were told to use a GPU and were given none, without the reason.
    sign(
        "gpu_wanted",
        (
            "not able to use gpu",
            "is_available() is false",
            "but your machine only has",
            "can only be used on cuda",
            "acceleratornot available",
            "accelerator can not run on your system",
            "invalid cuda 'device=",
            "not supported by xla service",
            "available devices are",
            "cuda is not available",
            "cuda is unavailable",
            "cuda not available",
            "cuda is required but",
            "cuda requested but",
            "requires cuda",
            "requires a gpu",
            "requires a cuda",
            "no visible gpu is found",
            "defaulting to cpu",
            "failed to infer device type",
            "no gpu available",
            "no gpu is available",
            "gpu is not available",
            "gpu not available",
            "cuda device is not available",
            "no cuda runtime is found",
            "no hip gpus",
            "no valid cuda device",
            "no gpu or tpu",
            "no available gpu",
            "device string: cuda",
            "no cuda gpu",
            "matching devices exist",
            "no gpu to monitor",
            "no gpus detected",
            "cuda environment is not correctly",
            "gpu backend not available",
            "gpu backend is not available",
            "cannot use gpu",
            "cuda extension not installed",
            "gpu is required",
        ),
        r"is not able to use GPU|torch\.cuda\.is_available\(\) is False|But your machine only"
        r" has: \[\]"
        r"|can only be used on CUDA devices|CUDAAccelerator can ?not run on your system"
        r"|Invalid CUDA 'device=|device CUDA:\d not supported by XLA"
        r"|explicitly assigned to /(?:device|job)[^\n]{0,60}GPU:\d[^\n]{0,60}available devices are"
        r"|CUDA (?:is )?(?:not available|unavailable|required but|requested but)"
        r"|requires (?:a |an )?(?:NVIDIA |CUDA |CUDA-capable |CUDA-enabled )?GPU(?! drivers?)"
        r"|No visible GPU is found|defaulting to CPU|Failed to infer device type"
        r"|no GPU (?:is )?available|GPU (?:device )?(?:is )?not available|No CUDA runtime is found"
        r"|No HIP GPUs are available|no valid CUDA device|CUDA device is not available"
        r"|No available GPU|no matching devices exist|No GPU to monitor"
        r"|no GPUs detected|CUDA environment is not correctly set up|GPU backend (?:is )?not"
        r" available|Cannot use GPU|CUDA extension not"
        r" installed|GPU is required",
    ),
    sign(
        "no_gpu_list",
        (
            "list_physical_devices",
            "num gpus available",
            "is_gpu_available",
            "get_available_gpus",
            "gpu_device_name",
        ),
        r"list_physical_devices\(['\"]GPU['\"]\)\)?[\"' #)]{0,4}(?:(?:displays?|returns?|gives?"
        r"|prints?|"
        r"shows?|is|=+>?|->|:) ?(?:an empty list ?)?)?\s*\[\]|Num GPUs Available: *0"
        r"|is_gpu_available\(\)\)? ?False|get_available_gpus\(\)\)? ?\[\]",
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
            "no visible gpu devices",
            "no supported devices found",
            "cuda_error_no_device",
            "cudaerrornodevice",
            "error 100",
            "error 101",
        ),
        r"no CUDA-capable device|No visible GPU devices|no supported devices found for platform"
        r" CUDA|CUDA_?ERROR_?NO_?DEVICE|(?:CUDA"
        r"|cuda)[^\n]{0,30}error 100\b"
        r"|invalid device ordinal",
    ),
    sign(
        "kernel_driver_absent",
        ("kernel driver does not appear", "/proc/driver/nvidia/version"),
        r"kernel driver does not appear to be running|/proc/driver/nvidia/version does not exist"
        r"|/proc/driver/nvidia/version[^\n]{0,10}: No such file",
    ),
    sign(
        "no_libcuda",
        (
            "libcuda.so",
            "libcuda",
            "nvcuda.dll",
            "cuda driver",
            "find cuda lib",
            "find -lcuda",
        ),
        r"(?:could not (?:load|open|find|dlopen|locate)|can(?:not|'t) (?:find|load|open|dlopen)"
        r"|unable"
        r" to (?:load|open|find|dlopen|locate)|not find|failed to (?:load|open|dlopen"
        r"|find))[^\n]{0,40}"
        r"(?:(?P<name>libcuda\.so(?:\.1)?)|nvcuda\.dll|\bcuda lib\b|-lcuda\b|CUDA driver(?:"
        r" library)?\b)"
        r"|(?P<name2>libcuda\.so(?:\.1)?): cannot open shared object|(?P<name3>libcuda\.so(?:\.1)?)"
        r" (?:was )?(?:not|cannot) (?:be )?found|nvcuda\.dll(?: was)? not found"
        r"|CUDA driver(?: library)? (?:cannot be|could not be|was not|is not|not) (?:found|loaded)",
    ),
    sign(
        "libcuda_there",
        ("/usr/lib/wsl/lib/libcuda", "libcuda.so"),
        r"(?P<folder>/[\w./+-]{1,120}?)/libcuda\.so\.[\d.]+(?:\s|$|\))",
    ),
    sign("libcuda_opened", "cdll 'libcuda", r"<CDLL 'libcuda\.so\.1'"),
    sign(
        "libcuda_stub",
        ("stubs", "stub library", "cudaerrorstublibrary", "stub_library"),
        r"stubs/libcuda\.so|stub library|StubLibrary|CUDA_ERROR_STUB",
        says="libcuda_not_on_loader_path",
    ),
    # Numbers, as the driver's and the runtime's headers give them; `weighing` names them.
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
        "wrong",
        (
            "faulty",
            "differs from",
            "mismatch with cpu",
            "results differ",
            "wrong result",
            "incorrect result",
            "wrong output",
            "incorrect output",
            "wrong value",
            "different result",
            "inconsistent result",
            "garbage output",
            "cpu and gpu",
            "gpu and cpu",
            "cpu and cuda",
            "cuda and cpu",
        ),
        r"GPU \d+[^\n]{0,10}: FAULTY|results? (?:differs?|mismatch)[^\n]{0,40}(?:CPU|reference)"
        r"|(?:wrong|incorrect|different|inconsistent|corrupt\w*|garbage) (?:results?|outputs?"
        r"|values?|"
        r"answers?|data)[^\n]{0,30}(?:on|with|from|when using) (?:the |my )?(?:GPU|CUDA|MPS|ROCm)\b"
        r"|(?:CPU and (?:GPU|CUDA)|(?:GPU|CUDA) and CPU)[^\n]{0,20}(?:results?|outputs?)?"
        r"[^\n]{0,10}(?:differ|mismatch|do not match|don't match|disagree)",
        says="wrong_results_on_device",
    ),
    sign(
        "plain_display",
        ("vga compatible", "display controller"),
        r"(?:VGA compatible controller|Display controller)[^\n]{0,12}: (?:VMware|Cirrus|Matrox"
        r"|ASPEED|"
        r"Red Hat|QXL|Virtio|Bochs|Hyper-V|Microsoft|Amazon|XGI|InnoTek|Technical Corp)",
    ),
    sign(
        "no_gpu_for_installer",
        "do not appear to have an nvidia",
        r"You do not appear to have an NVIDIA GPU supported",
        says="no_accelerator_present",
    ),
    sign(
        "zeros_elsewhere",
        ".to('cuda:",
        r"\.to\('cuda:\d'\) tensor\(\[(?:0\.?,? ?){2,40}\], device='cuda:\d'\)",
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
        (
            "did not answer",
            "timed out",
            "timeout",
            "hung task",
            "blocked for more than",
            "nvidia-smi",
            "hangs",
            "is stuck",
        ),
        r"(?:nvidia-smi|nvidia_uvm|nv_open_q|python\d?|nvidia)[^\n]{0,30}(?:timed out|blocked for"
        r" more than \d+ seconds|did not (?:answer|respond))|nvidia-smi[^\n]{0,20} (?:hangs|hung|is"
        r" (?:stuck|hanging)|never returns|timeout expired|timed? ?out)| D[sl+<]*"
        r" [^\n]{0,40}nvidia-smi"
        r"|TimeoutExpired: Command[^\n]{0,20}nvidia-smi|timeout[^\n]{0,20}(?:executing|running"
        r"|waiting"
        r" for|calling) nvidia-smi",
        says="probe_timed_out",
        confidence=_LIKELY,
    ),
)


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
    inside = clues.has(
        "container_host", "container_host_any", "container_prompt", "container_prefix"
    )
    if clue is None or inside or clues.has("gpu_listed", "other_framework_works", "docker_started"):
        return
    if clues.has("smi", "wsl", "libcuda_there") and clues.has("no_libcuda", "cuinit_no_library"):
        return
    if display := clues.first("plain_display"):
        yield likely("no_accelerator_present", [display, clue])
        yield possible("driver_not_installed", [clue])
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
    if clues.has("colab") and not smi:
        # Hosted notebooks have a GPU if one was chosen.
        yield likely("no_accelerator_present", [clue])
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
        if _is_link_name(clue) or clues.has("libcuda_opened"):
            # What drivers install is libcuda.so.1; its other name comes with toolkits only.
            yield likely("libcuda_not_on_loader_path", [clue])
        yield likely("driver_not_installed", [clue])
        yield likely("libcuda_not_on_loader_path", [clue])
        yield possible("no_accelerator_present", [clue])


def _is_link_name(clue: Clue) -> bool:
    said = clue["name"] or clue["name2"] or clue["name3"]
    return said.lower() == "libcuda.so" or "cuda lib " in clue.text or "-lcuda" in clue.text


def no_card(clues: Clues) -> Iterator[Candidate]:
    """The bus shows the display adapter of a server or a virtual machine, and no GPU."""
    clue = clues.first("plain_display")
    said = clues.first("false", "no_gpu_list", "gpu_wanted", "gpu_missing_package", "no_contact")
    if clue and said and not clues.has("lspci_nvidia", "smi", "smi_gpu"):
        yield likely("no_accelerator_present", [clue, said])


RULES: tuple[Rule, ...] = (
    no_device,
    no_kernel_driver,
    no_card,
    no_gpus_for_torch,
    no_libcuda,
)
