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
    # What programs say that were told to use a GPU and were given none, without the reason.
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
            "open cuda lib",
            "dynamically load the",
            "find -lcuda",
        ),
        r"(?:could(?: not|n't) (?:load|open|find|dlopen|locate)|can(?:not|'t) (?:find|load|open"
        r"|dlopen)"
        r"|unable"
        r" to (?:load|open|find|dlopen|locate)|not find|failed to (?:load|open|dlopen"
        r"|find))[^\n]{0,40}"
        r"(?:(?P<name>libcuda\.so(?:\.1)?)|nvcuda\.dll|\bcuda lib\b|-lcuda\b|CUDA driver(?:"
        r" library)?\b)"
        r"|(?P<name2>libcuda\.so(?:\.1)?): cannot open shared object|(?P<name3>libcuda\.so(?:\.1)?)"
        r" (?:was )?(?:not|cannot) (?:be )?found|nvcuda\.dll(?: was)? not found"
        r"|CUDA driver(?: library)? (?:cannot be|could not be|was not|is not|not) (?:found|loaded)"
        r"|dynamically load the ?\\?['\"](?:nv)?cuda\\?['\"]",
    ),
    # CUDA works, and a library of it looks for libcuda under the name that packages leave out.
    sign(
        "libcuda_unversioned",
        ("libcuda.so: cannot open", "cannot find -lcuda"),
        r"cannot find -lcuda(?![\w-])"
        r"|could not load library lib\w+\.so[.\d]*[. ]{1,3}error: libcuda\.so: cannot open",
        says="libcuda_not_on_loader_path",
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
            "expected ",
            "with all nans",
            "cpu and gpu",
            "gpu and cpu",
            "cpu and cuda",
            "cuda and cpu",
        ),
        r"GPU \d+[^\n]{0,10}: FAULTY|tensor with all NaNs was produced"
        r"|results? (?:differs?|mismatch)[^\n]{0,40}(?:CPU|reference)"
        r"|(?:wrong|incorrect|different|inconsistent|corrupt\w*|garbage) (?:results?|outputs?"
        r"|values?|"
        r"answers?|data)[^\n]{0,30}(?:on|with|from|when using) (?:the |my )?(?:GPU|CUDA|MPS|ROCm)\b"
        r"|\b(?:mps|cuda|gpu)\b[^\n]{0,80}expected [-\d.e+]+[^\n]{0,12}\bwrong\b"
        r"|(?:CPU and (?:GPU|CUDA)|(?:GPU|CUDA) and CPU)[^\n]{0,20}(?:results?|outputs?)?"
        r"[^\n]{0,10}(?:differ|mismatch|do not match|don't match|disagree)",
        says="wrong_results_on_device",
    ),
    sign(
        "zeros_elsewhere",
        ".to('cuda:",
        r"\.to\('cuda:\d'\) tensor\(\[(?:0\.?,? ?){2,40}\], device='cuda:\d'\)",
        says="wrong_results_on_device",
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
            "discovery",
        ),
        r"(?:nvidia-smi|nvidia_uvm|nv_open_q|python\d?|nvidia)[^\n]{0,30}(?:timed out|blocked for"
        r" more than \d+ seconds|did not (?:answer|respond))|nvidia-smi[^\n]{0,20} (?:hangs|hung|is"
        r" (?:stuck|hanging)|never returns|timeout expired|timed? ?out)| D[sl+<]*"
        r" [^\n]{0,40}nvidia-smi"
        r"|TimeoutExpired: Command[^\n]{0,20}nvidia-smi|discovery before timeout|(?:GPU"
        r"|device) discovery[^\n]{0,60}"
        r"(?:timed out|timeout)|timeout[^\n]{0,20}(?:executing|running"
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
    if tried := clues.first("uvm_missing", "insert_other", "insert_refused", "insert_no_device"):
        # Somebody has modules of the driver to insert.
        yield likely("driver_module_not_loaded", [tried, clue])
        return
    yield (possible if clues.has("colab") else likely)("driver_not_installed", [clue])
    yield possible("container_started_without_gpus", [clue])
    if clues.has("lspci_nvidia", "gpu_missing_package"):
        return
    yield possible("driver_module_not_loaded", [clue])
    yield (likely if clues.has("colab") else possible)("no_accelerator_present", [clue])


def no_libcuda(clues: Clues) -> Iterator[Candidate]:
    """Libcuda is not found: not there, or not where the loader looks."""
    clue = clues.first("no_libcuda", "cuinit_no_library")
    answered = {seen.line for seen in clues.all("call_number")}
    if clue is None or clue.line in answered or clues.has("gpu_listed", "other_framework_works"):
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


RULES: tuple[Rule, ...] = (
    no_device,
    no_kernel_driver,
    no_libcuda,
)
