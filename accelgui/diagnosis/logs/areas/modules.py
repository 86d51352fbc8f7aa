"""The driver's kernel module: building it, and getting it into the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY


SIGNS = (
    sign(
        "no_module_here",
        ("not found in directory", "modprobe: fatal: module nvidia", "module by name 'nvidia"),
        r"(?:Module |FATAL: )nvidia[\w-]* not found(?: in directory /lib/modules/"
        r"(?P<kernel>[\w.+~-]+)|\.)|could not find module by name 'nvidia",
        says="kernel_module_not_built_for_kernel",
        confidence=_CERTAIN,
    ),
    sign(
        "dkms_failed",
        ("dkms", "bad exit status", "bad return status", "module build", "nvidia-kmod", "akmod"),
        r"(?:Bad (?:return|exit) status for module build on kernel: ?(?P<kernel>[\w.+~-]+)"
        r"|Building DKMS module '?nvidia[^\n]{0,60}FAILED"
        r"|nvidia[^\n]{0,80}(?:dkms|module)[^\n]{0,40} failed to build"
        r"|nvidia-kmod ?\[? ?FAILED|akmod[^\n]{0,80}(?:failed to (?:build|install)|FAILED)"
        r"|Failed to run [^\n]{0,30}dkms (?:build|install) -m nvidia|nvidia-dkms-\d{3}[\w-]* E:"
        r" Sub-process [\w/]+dpkg returned an error|dkms: autoinstall for"
        r" kernel:? ?(?P<kernel3>[\w.+~-]+)[^\n]{0,40}fail"
        r"|Error! [^\n]{0,80}kernel headers for (?:kernel|target kernel) ?(?P<kernel2>[\w.+~-]+)?)",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "headers_missing",
        (
            "kernel headers",
            "kernel-headers",
            "kernel source",
            "linux-headers",
            "kernel-devel",
            "lib/modules/",
        ),
        r"(?:kernel|linux)[- ](?:headers?|source)[^\n]{0,60}(?:cannot be found|not found|missing|"
        r"could not be located|not installed)|Unable to (?:find|locate)[^\n]{0,30}kernel"
        r" (?:source|headers)|/lib/modules/[\w.+~-]+/(?:build|source)[^\n]{0,30}(?:No such file|"
        r"cannot be found|does not exist)|Unable to locate package linux-headers"
        r"|(?:No (?:match|package)|Unable to find a match)[^\n]{0,30}kernel-(?:devel|headers)",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "exec_format",
        (
            "exec format error",
            "invalid module format",
            "version magic",
            "disagrees about version",
            "unknown symbol",
        ),
        r"nvidia[^\n]{0,40}(?:Exec format error|Invalid module format)"
        r"|nvidia[^\n]{0,20}(?:version magic|disagrees about version)"
        r"|nvidia[\w-]*: Unknown symbol",
        says="kernel_module_not_built_for_kernel",
    ),
    # The compiler's and the linker's own words while the module is built.
    sign(
        "module_compile",
        (
            "nvidia.ko uses gpl-only",
            "build/nvidia",
            "nvidia-drm",
            "nvidia.ko",
            "kernel modules for the nvidia",
            "kernel module build",
            "kernel modules were not built",
            "building the nvidia kernel module",
            "building kernel modules",
        ),
        r"GPL-incompatible module nvidia[\w-]*\.ko|(?:dkms/nvidia|/nvidia)[^\n]{0,160}(?:\] Error"
        r" \d"
        r"|: error:)|An error occurred while performing the step: \"?Building kernel modules"
        r"|(?:building|build) (?:of )?the NVIDIA kernel modules? (?:failed|was not)",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "installer_load",
        ("kernel module load error", "unable to load the kernel module", "module failed to load"),
        r"Kernel module load error: (?P<why>[^\n]{3,40})|Unable to load the kernel module"
        r" 'nvidia[\w-]*\.ko'|kernel module failed to load",
    ),
    sign(
        "dkms_not_installed",
        (": added", ": built", "nvidia/", "nvidia,"),
        r"nvidia(?:-\w+)?[/,] ?\d{3}\.\d{2,3}(?:\.\d{2})?(?:, ?[\w.+~-]+, ?\w+)?: ?(?:added"
        r"|built)\b",
    ),
    # NVIDIA's own driver container, which builds the module for its host.
    sign(
        "kernel_unresolved",
        (
            "could not resolve linux kernel version",
            "could not resolve kernel version",
            "gcc-version-check failed",
            "cc-version-check failed",
        ),
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "module_file",
        ("/lib/modules/", "linux-modules-nvidia-"),
        r"/lib/modules/(?P<kernel>\d[\w.+~-]+)/[\w./-]{0,60}nvidia[\w-]*\.ko"
        r"|linux-modules-nvidia-\d{3}(?:-server)?(?:-open)?-(?P<kernel2>\d+\.\d+\.[\w.+~-]+)",
    ),
    sign(
        "kernel_running",
        ("uname -r", "uname -a", "linux version "),
        r"uname -r[\W_]{1,4}(?P<kernel>\d+\.\d+\.[\w.+~-]+)|uname -[a-z]+ Linux \S+"
        r" (?P<kernel2>\d+\.\d+\."
        r"[\w.+~-]+)|Linux version (?P<kernel3>\d+\.\d+\.[\w.+~-]+)",
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
    # Root may insert modules, unless the kernel is locked down.
    sign(
        "insert_refused",
        "operation not permitted",
        r"(?:could not insert '?nvidia\w*'?|Kernel module load error): Operation not permitted",
        says="secure_boot_rejects_module",
    ),
    sign(
        "secure_boot_on",
        ("secure boot", "secureboot"),
        r"Secure ?Boot[^\n]{0,25}(?:enabled|is on|active)",
    ),
    sign(
        "installer_signature",
        ("secure boot is enabled", "not signed by a key", "module signature verification"),
        r"Secure boot is enabled[^\n]{0,80}not signed|not signed by a key[^\n]{0,30}trusted",
        says="secure_boot_rejects_module",
        confidence=_CERTAIN,
    ),
    sign(
        "insert_no_device",
        "no such device",
        r"(?:could not insert '?nvidia[^\n]{0,30}|Kernel module load error): No such device",
    ),
    sign(
        "insert_other",
        ("could not insert", "could not find module by name='off'"),
        r"could not insert '?(?:nvidia(?![\w-]*uvm)|off')[^\n]{0,60}"
        r"|could not find module by name='off'",
    ),
)


def no_contact(clues: Clues) -> Iterator[Candidate]:
    """nvidia-smi is here and finds no driver: what else the log says tells why."""
    clue = clues.first("no_contact", "nvml_not_loaded")
    if clue is None:
        return
    if wsl := clues.first("wsl"):
        # The kernel of WSL2 loads no module of NVIDIA's: Windows lends its driver.
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue, wsl])
        yield possible("driver_not_installed", [clue])
        return
    started = clues.first("docker_started")
    if started and started.line < clue.line and clues.has("container_prompt"):
        # Nothing was lent to this container, so its nvidia-smi is the image's own.
        yield likely("image_contains_driver_libs", [clue, started])
        yield likely("container_started_without_gpus", [clue, started])
    if foreign := clues.first("nouveau_loaded"):
        yield likely("other_kernel_driver_owns_gpu", [foreign, clue], driver="nouveau")
    elif not_built := _not_built(clues):
        yield likely("kernel_module_not_built_for_kernel", [*not_built, clue])
    yield likely("driver_module_not_loaded", [clue, *clues.all("lsmod_empty")])
    yield possible("kernel_module_not_built_for_kernel", [clue])
    secured = clues.first("secure_boot_on")
    if secured:
        yield likely("secure_boot_rejects_module", [secured, clue])
    else:
        yield possible("secure_boot_rejects_module", [clue])


def _not_built(clues: Clues) -> list[Clue]:
    """Return what shows that DKMS has no module for the kernel that runs."""
    built = clues.all("dkms", "module_file")
    for running in clues.all("kernel_running"):
        kernel = next(iter(running.groups.values()), "")
        if built and kernel and all(kernel not in clue.groups.values() for clue in built):
            return [running, *built[:2]]
    return clues.all("dkms_not_installed")[:1] if not built else []


def not_inserted(clues: Clues) -> Iterator[Candidate]:
    """Modprobe ended without a module, and not for its signature."""
    if clues.has("key_rejected", "exec_format", "no_module_here", "installer_signature"):
        return
    if clue := clues.first("insert_no_device"):
        yield possible("gpu_dropped_by_driver_branch", [clue])
        yield possible("other_kernel_driver_owns_gpu", [clue], driver="nouveau")
        yield possible("open_kernel_module_unsupported_gpu", [clue])
    elif (clue := clues.first("insert_other")) and not clues.has("uvm_missing"):
        yield likely("driver_module_not_loaded", [clue])
    elif (clue := clues.first("installer_load")) and not clues.has("module_compile"):
        yield possible("other_kernel_driver_owns_gpu", [clue], driver="nouveau")
        yield possible("kernel_module_not_built_for_kernel", [clue])
        yield possible("secure_boot_rejects_module", [clue])


RULES: tuple[Rule, ...] = (
    no_contact,
    not_inserted,
)
