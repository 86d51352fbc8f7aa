"""The kernel driver: what nvidia-smi, modprobe, dkms and the kernel say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.diagnosis.logs.versions import DRIVER_VERSION
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
            "libnvidia-ml",
        ),
        r"NVML Shared Library Not Found|libnvidia-ml\.so(?:\.1)?: cannot open shared object"
        r"|couldn't find libnvidia-ml\.so|libnvidia-ml[^\n]{0,20} not found in your system",
    ),
    sign("nvml_not_loaded", ("driver not loaded", "driver_not_loaded", "nvml: driver is not")),
    # modprobe and the kernel.
    sign(
        "no_module_here",
        ("not found in directory", "modprobe: fatal: module nvidia"),
        r"Module nvidia[\w-]* not found(?: in directory /lib/modules/(?P<kernel>[\w.+~-]+)|\.)",
        says="kernel_module_not_built_for_kernel",
        confidence=_CERTAIN,
    ),
    sign(
        "dkms_failed",
        ("dkms", "bad exit status", "bad return status", "module build"),
        r"(?:Bad (?:return|exit) status for module build on kernel: ?(?P<kernel>[\w.+~-]+)"
        r"|Building DKMS module '?nvidia[^\n]{0,60}FAILED"
        r"|nvidia[^\n]{0,80}(?:dkms|module)[^\n]{0,40} failed to build"
        r"|Error! [^\n]{0,80}kernel headers for (?:kernel|target kernel) ?(?P<kernel2>[\w.+~-]+)?)",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "headers_missing",
        ("kernel headers", "kernel-headers", "kernel source", "linux-headers"),
        r"(?:kernel|linux)[- ](?:headers?|source)[^\n]{0,60}(?:cannot be found|not found|missing|"
        r"could not be located|not installed)|Unable to (?:find|locate)[^\n]{0,30}kernel"
        r" (?:source|headers)",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "exec_format",
        ("exec format error", "invalid module format", "vermagic"),
        r"nvidia[^\n]{0,40}(?:Exec format error|Invalid module format)"
        r"|nvidia[^\n]{0,20}(?:version magic|disagrees about version)",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "key_rejected",
        (
            "required key not available",
            "key was rejected",
            "key rejected",
            "unavailable key",
            "loading of unsigned module",
            "lockdown",
        ),
        r"(?:nvidia|insert|module|modprobe|insmod)[^\n]{0,100}(?:Required key not available|Key was"
        r" rejected by service)|Loading of (?:unsigned )?module [^\n]{0,60}(?:rejected|restricted)"
        r"|Lockdown: \S+: (?:Loading of )?unsigned module loading|unavailable key[^\n]{0,30}"
        r"rejected|rejected: key",
        says="secure_boot_rejects_module",
        confidence=_CERTAIN,
    ),
    sign(
        "secure_boot_on",
        ("secure boot", "secureboot"),
        r"Secure ?Boot[^\n]{0,25}(?:enabled|is on|active)",
    ),
    sign(
        "insert_no_device",
        "no such device",
        r"could not insert '?nvidia[^\n]{0,30}: No such device",
    ),
    sign("insert_other", "could not insert", r"could not insert '?nvidia[^\n]{0,60}"),
    # Another driver.
    sign(
        "nouveau_bound",
        ("nouveau", "vfio-pci"),
        r"Kernel driver in use: (?P<driver>nouveau|vfio-pci|nvidiafb|rivafb)",
    ),
    sign(
        "nouveau_conflict",
        ("rivafb", "already bound", "conflicting kernel", "nouveau"),
        r"(?:such as|by)[^\n]{0,60}(?P<driver>nouveau)[^\n]{0,200}(?:obtain ownership|unload|"
        r"conflict|NVIDIA device)|(?:nouveau|rivafb)[^\n]{0,60}(?:was loaded and obtained"
        r" ownership)|Nouveau kernel driver is currently in use|conflicting kernel modules?"
        r"[^\n]{0,20}nouveau",
        says="other_kernel_driver_owns_gpu",
        confidence=_CERTAIN,
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
        "not supported by the",
        r"installed in this system is not supported by the (?:NVIDIA )?(?P<driver>[\d.]+)? ?"
        r"(?:NVIDIA )?driver",
        says="gpu_dropped_by_driver_branch",
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


def no_contact(clues: Clues) -> Iterator[Candidate]:
    """nvidia-smi is here and finds no driver: what else the log says tells why."""
    clue = clues.first("no_contact", "nvml_not_loaded")
    if clue is None:
        return
    yield likely("driver_module_not_loaded", [clue, *clues.all("lsmod_empty")])
    yield possible("kernel_module_not_built_for_kernel", [clue])
    secured = clues.first("secure_boot_on")
    if secured:
        yield likely("secure_boot_rejects_module", [secured, clue])
    else:
        yield possible("secure_boot_rejects_module", [clue])


def other_driver(clues: Clues) -> Iterator[Candidate]:
    """Nouveau or vfio is bound to the GPU."""
    if clue := clues.first("nouveau_bound"):
        yield certain("other_kernel_driver_owns_gpu", [clue], driver=clue["driver"])
    elif clues.has("nouveau_conflict", "probe_not_called"):
        yield likely("other_kernel_driver_owns_gpu", [], driver="nouveau")
    elif (clue := clues.first("nouveau_active")) and not clues.has("smi", "module_loading"):
        yield likely("other_kernel_driver_owns_gpu", [clue], driver="nouveau")


def not_inserted(clues: Clues) -> Iterator[Candidate]:
    """Modprobe ended without a module, and not for its signature."""
    if clues.has("key_rejected", "exec_format", "no_module_here"):
        return
    if clue := clues.first("insert_no_device"):
        yield possible("gpu_dropped_by_driver_branch", [clue])
        yield possible("other_kernel_driver_owns_gpu", [clue], driver="nouveau")
        yield possible("open_kernel_module_unsupported_gpu", [clue])
    elif clue := clues.first("insert_other"):
        yield likely("driver_module_not_loaded", [clue])


def open_required(clues: Clues) -> Iterator[Candidate]:
    """The newest GPUs have the opposite trouble: the proprietary module does not serve them."""
    if clue := clues.first("open_required"):
        yield certain("open_kernel_module_unsupported_gpu", [clue])


def missing_program(clues: Clues) -> Iterator[Candidate]:
    """The GPU is on the bus and nothing of NVIDIA's driver answers to its name."""
    clue, on_bus = clues.first("gpu_missing_package"), clues.first("lspci_nvidia")
    if clue and on_bus:
        yield likely("driver_not_installed", [clue, on_bus])
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
        yield likely("container_started_without_gpus", [clue])
        yield likely("nvml_library_missing", [clue])
        yield possible("driver_not_installed", [clue])
    else:
        yield likely("nvml_library_missing", [clue])
        yield likely("driver_not_installed", [clue])
        yield possible("no_accelerator_present", [clue])


RULES: tuple[Rule, ...] = (
    no_contact,
    other_driver,
    not_inserted,
    open_required,
    missing_program,
    no_nvml,
)
