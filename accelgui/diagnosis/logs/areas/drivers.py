"""The kernel driver: what nvidia-smi, modprobe, dkms and the kernel say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.generations import generation
from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.diagnosis.logs.versions import DRIVER_VERSION, major
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN = Confidence.CERTAIN

SIGNS = (
    # What works.
    sign(
        "smi",
        "nvidia-smi",
        rf"NVIDIA-SMI (?P<smi>{DRIVER_VERSION}) +(?:KMD|Driver) Version: ?"
        rf"(?P<driver>{DRIVER_VERSION}) +CUDA (?:UMD )?Version: ?(?P<cuda>\d+\.\d+|N/A|ERR!)",
    ),
    sign("geforce_listed", "geforce", r"\| +\d+ +(?:NVIDIA )?GeForce"),
    sign("smi_gpu", "gpu ", r"GPU \d+: (?P<name>[^\n(]{3,60}?) \(UUID: "),
    # Versions that differ.
    # No contact.
    sign(
        "no_contact",
        "communicate with the nvidia driver",
        r"couldn't communicate with the NVIDIA driver|communicate with the NVIDIA driver",
    ),
    sign(
        "nvml_absent",
        (
            "nvml shared library not found",
            "libnvidia-ml.so",
            "nvmlerror_librarynotfound",
            "nvml_error_library_not_found",
            "libnvidia-ml",
            "error_library_not_found",
            "nvml.dll",
            "load nvml",
            "can't initialize nvml",
            "nvml library",
        ),
        r"NVML Shared Library Not Found|libnvidia-ml\.so(?:\.1)?: cannot open shared object"
        r"|couldn't find (?:libnvidia-ml\.so|nvml\.dll)|libnvidia-ml[^\n]{0,20} not found in your"
        r" system|\b(?:NVML_)?ERROR_LIBRARY_NOT_FOUND|(?:could not|unable to|failed to|cannot)"
        r" (?:load|find|locate|open|dlopen)[^\n]{0,30}(?:libnvidia-ml|nvml\.dll"
        r"|NVML (?:shared )?library)|NVML (?:shared )?library (?:was )?not found|UserWarning:"
        r" Can't initialize NVML",
    ),
    sign(
        "nvml_not_loaded",
        (
            "driver not loaded",
            "driver_not_loaded",
            "drivernotloaded",
            "nvml: driver is not",
            "failed to load the nvidia kernel module",
            "failed to initialize the nvidia kernel module",
            "failed to query nvidia devices",
            "could not load gpu driver",
            "failed to run command 'nvidia-smi'",
            "missing endbr: _nv",
            "driver is not loaded",
            "rock module is not loaded",
        ),
    ),
    sign(
        "nouveau_loaded",
        "nouveau",
        r"lsmod[^\n]{0,60}?nouveau[^\n]{0,4} nouveau +\d{4,8} +\d|(?:^|\s)nouveau +\d{5,8}"
        r" +[1-9]\d*\b",
    ),
    # ROCm's own words.
    sign(
        "hsa",
        ("hsa_status_error_out_of_resources", "hsa api call failure"),
        # 4104 is 0x1008 of hsa.h, the same.
        r"HSA_STATUS_ERROR_OUT_OF_RESOURCES|hsa api call failure[^\n]{0,160}returned 4104",
        says="device_permission_denied",
    ),
    sign(
        "rocm_no_device",
        ("no rocm-capable device", "hiperrornodevice"),
        says="device_permission_denied",
    ),
    sign("amdgpu_hung", "amdgpu_job_timedout", says="operation_fails_on_device"),
    sign(
        "bound_to_other",
        "is already bound to",
        r"NVRM: GPU \S+ is already bound to (?P<driver>(?!nvidia\b)[\w-]+)",
        says="other_kernel_driver_owns_gpu",
        confidence=_CERTAIN,
    ),
    # modprobe and the kernel.
    # Another driver.
    sign(
        "nouveau_bound",
        "kernel driver in use",
        r"Kernel driver in use: (?P<driver>nouveau|vfio-pci|nvidiafb|rivafb|nova\w*|NovaCore|"
        r"pci-stub|xen-pciback)",
    ),
    sign(
        "nouveau_conflict",
        ("conflicting kernel", "nouveau"),
        r"Nouveau kernel driver is currently in use|conflicting kernel modules?[^\n]{0,20}nouveau",
        says="other_kernel_driver_owns_gpu",
        confidence=_CERTAIN,
    ),
    # The driver names what it may have been; the installer names it whatever went wrong.
    sign(
        "maybe_conflict",
        ("rivafb", "rivatv", "nouveau", "another driver was loaded"),
        r"(?:such as|by)[^\n]{0,60}(?P<driver>nouveau)[^\n]{0,200}(?:obtained ownership|unload|"
        r"conflict)|(?:nouveau|riva\w+|another driver)[^\n]{0,60}(?:was loaded and"
        r" (?:NVRM: )?obtained ownership|is loaded and (?:NVRM: )?claims)",
        says="other_kernel_driver_owns_gpu",
    ),
    sign(
        "probe_not_called",
        "probe routine was not called",
        r"NVIDIA probe routine was not called for (?P<count>\d+) device",
        says="other_kernel_driver_owns_gpu",
    ),
    sign(
        "nouveau_active", "nouveau", r"nouveau (?:0000:)?[0-9a-f]{2}:[0-9a-f]{2}\.\d: (?!disabled)"
    ),
    # GPUs that this driver does not serve.
    sign(
        "legacy_gpu",
        ("legacy drivers", "will ignore", "is no longer supported"),
        r"The (?:NVIDIA )?(?P<gpu>[^\n]{3,80}?) (?:GPU )?installed in this system is supported"
        r" through the NVIDIA (?P<branch>\d+)\.xx Legacy"
        r"|supported through the NVIDIA (?P<branch2>\d+)\.xx Legacy"
        r"|NVIDIA driver will ignore this GPU",
        says="gpu_dropped_by_driver_branch",
        confidence=_CERTAIN,
    ),
    sign(
        "open_unsupported",
        ("not supported by open", "open nvidia.ko", "openrmenableunsupported"),
        r"not supported by open nvidia\.ko|Open nvidia\.ko is only ready for use on"
        r"|OpenRmEnableUnsupportedGpus",
        says="open_kernel_module_unsupported_gpu",
        confidence=_CERTAIN,
    ),
    sign("open_required", "open kernel modules", r"requires use of the NVIDIA open kernel modules"),
    sign(
        "not_supported_gpu",
        ("not supported by the", "pci id: 10de"),
        r"(?:\(PCI ID: 10de:(?P<id>[0-9a-f]{4})\) )?installed in this system is not supported by"
        r" the"
        r" (?:NVIDIA )?(?P<driver>[\d.]+)? ?(?:NVIDIA )?driver",
    ),
    sign(
        "no_gpu_in_kernel",
        ("no nvidia gpu found", "no nvidia graphics adapter found", "no nvidia devices probed"),
        None,
    ),
    sign("lsmod_empty", "lsmod", r"lsmod \| grep (?:-i )?[\"']?nvidia[\"']?\s*(?:\n|\$|[\w.-]+@)"),
    sign(
        "lspci_nvidia",
        "nvidia corporation",
        r"(?:VGA compatible controller|3D controller|Display controller)[^\n]{0,20}: NVIDIA",
    ),
    sign(
        "gpu_missing_package",
        (
            "command 'nvidia-smi' not found",
            "nvidia-smi: command not found",
            "nvidia-smi: not found",
            "'nvidia-smi' is not recognized",
            "command not found: nvidia-smi",
            "unknown command: nvidia-smi",
            "no such file or directory: 'nvidia-smi'",
            "term 'nvidia-smi' is not recognized",
        ),
        None,
    ),
    sign(
        "suspended",
        ("suspend", "resume", "sleep", "hibernat", "wake", "pm: "),
        r"PM: suspend (?:entry|exit)|(?:after|from) (?:suspend|sleep|hibernat\w+|resum\w+)"
        r"|systemd-sleep|(?:resumed|woke|waking|wakes?)[^\n]{0,20}(?:from|up)"
        r"|lid (?:opened|closed)|Entering sleep state|suspend(?:ed|ing)?[^\n]{0,20}resum",
    ),
)


def other_driver(clues: Clues) -> Iterator[Candidate]:
    """Nouveau or vfio is bound to the GPU."""
    if clue := clues.first("nouveau_bound"):
        yield certain("other_kernel_driver_owns_gpu", [clue], driver=clue["driver"])
    elif clues.has("nouveau_conflict", "maybe_conflict", "probe_not_called"):
        yield likely("other_kernel_driver_owns_gpu", [], driver="nouveau")
    elif (clue := clues.first("nouveau_active")) and not clues.has("smi", "module_loading"):
        yield likely("other_kernel_driver_owns_gpu", [clue], driver="nouveau")


def open_required(clues: Clues) -> Iterator[Candidate]:
    """The newest GPUs have the opposite trouble: the proprietary module does not serve them."""
    if clue := clues.first("open_required"):
        yield certain("open_kernel_module_unsupported_gpu", [clue])


def missing_program(clues: Clues) -> Iterator[Candidate]:
    """The GPU is on the bus and nothing of NVIDIA's driver answers to its name."""
    clue, on_bus = clues.first("gpu_missing_package"), clues.first("lspci_nvidia")
    if clue and on_bus:
        yield likely("driver_not_installed", [clue, on_bus])
    elif clue and (inside := clues.first("container_prompt")):
        # The toolkit lends nvidia-smi to each container that asks for a GPU.
        yield likely("container_started_without_gpus", [inside, clue])
        yield possible("driver_not_installed", [clue])
    elif clue and not clues.has("smi", "cuda_version_found"):
        yield possible("driver_not_installed", [clue])


def no_nvml(clues: Clues) -> Iterator[Candidate]:
    """libnvidia-ml is not found, which is a trouble of its own only where a driver runs."""
    clue = clues.first("nvml_absent")
    if clue is None or clues.has("cli_no_nvml", "plugin_no_nvml", "no_contact"):
        return
    if clues.has("proc_version", "smi", "gpu_listed", "true", "module_loading"):
        yield likely("nvml_library_missing", [clue])
    elif clues.has("docker", "container_prompt", "container_host"):
        given = clues.has("docker_with_gpus")
        yield (possible if given else likely)("container_started_without_gpus", [clue])
        yield likely("nvml_library_missing", [clue])
        yield possible("driver_not_installed", [clue])
    else:
        yield likely("nvml_library_missing", [clue])
        yield likely("driver_not_installed", [clue])
        yield possible("no_accelerator_present", [clue])


def unknown_to_driver(clues: Clues) -> Iterator[Candidate]:
    """The driver does not know the GPU: it is too old for this branch, or too new."""
    clue = clues.first("not_supported_gpu")
    if clue is None:
        return
    known, branch = generation(clue["id"]), major(clue["driver"])
    parameters = {"installed": clue["driver"] or None}
    if known and branch and branch < known.first_branch:
        parameters.update(generation=known.name, branch=str(known.first_branch))
        yield certain("driver_too_old_for_gpu", [clue], **parameters)
    elif known and branch and known.last_branch and branch > known.last_branch:
        parameters.update(generation=known.name, branch=str(known.last_branch))
        yield certain("gpu_dropped_by_driver_branch", [clue], **parameters)
    else:
        yield likely("gpu_dropped_by_driver_branch", [clue])
        yield possible("driver_too_old_for_gpu", [clue])


RULES: tuple[Rule, ...] = (
    other_driver,
    open_required,
    missing_program,
    no_nvml,
    unknown_to_driver,
)
