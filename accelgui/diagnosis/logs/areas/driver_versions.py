"""Versions of the driver's parts: which are loaded, which lie on the disk, and whether they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs import versions
from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.diagnosis.logs.versions import DRIVER_VERSION, major
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN = Confidence.CERTAIN

# A kernel that has just started has loaded what is on its disk: another start changes nothing.
_EARLY_S = 180.0


SIGNS = (
    sign(
        "proc_version",
        "nvrm version",
        rf"NVRM version:[^\n]{{0,60}}?Kernel Module(?: for \S+)? +(?P<module>{DRIVER_VERSION})",
    ),
    sign(
        "module_loading",
        "loading nvidia unix",
        rf"loading NVIDIA UNIX [^\n]{{0,50}}?Kernel Module(?: for \S+)? +"
        rf"(?P<module>{DRIVER_VERSION})",
    ),
    sign(
        "mismatch",
        (
            "library version mismatch",
            "lib_rm_version_mismatch",
            "nvml_error_lib_rm",
            "librmversionmismatch",
            "nvml/rm version mismatch",
            "driver/library version",
            "nvml: function not found",
        ),
    ),
    sign(
        "nvml_file",
        "libnvidia-ml.so.",
        r"libnvidia-ml\.so\.(?P<version>\d{3}\.\d{2,3}(?:\.\d{2})?)",
    ),
    sign("nvml_assert", "nvmlinit_v2_", r"nvmlInit_v2_\(\) INTERNAL ASSERT"),
    sign("nvml_assert_later", "nvml_success == r", r"NVML_SUCCESS == r INTERNAL ASSERT"),
    sign("nvml_version", "nvml library version", r"NVML library version:? ?(?P<library>\d[\d.]*)"),
    sign(
        "api_mismatch",
        "api mismatch",
        rf"API mismatch: the client (?:'[^'\n]{{0,40}}' \(pid \d+\) )?(?:has )?(?:the )?version "
        rf"(?P<library>{DRIVER_VERSION}),? but this kernel module has (?:the )?version "
        rf"(?P<module>{DRIVER_VERSION})",
    ),
    sign("api_mismatch_any", "api mismatch"),
    sign(
        "dso_mismatch",
        "does not match dso version",
        r"kernel version (?P<module>\d[\d.]*) does not match DSO version (?P<library>\d[\d.]*)",
    ),
    # What TensorFlow prints after cuInit failed; its versions have a last part of their own.
    sign(
        "tf_library_version",
        "libcuda reported version",
        r"libcuda reported version is: (?P<library>\d{3}\.\d{2,3}(?:\.(?!0\b)\d{1,2})?)",
    ),
    sign(
        "tf_module_version",
        "kernel reported version",
        r"kernel reported version is: (?P<module>\d{3}\.\d{2,3}(?:\.(?!0\b)\d{1,2})?)",
    ),
    sign("early", "nvrm", r"\[ *(?P<seconds>\d{1,7})\.\d{3,6}\][^\[\n]{0,60}NVRM: API mismatch"),
    sign(
        "modset_mismatch",
        "version mismatch: nvidia",
        r"Version mismatch: nvidia(?:-\w+)?\.ko ?\((?P<one>[\d.]+)\) nvidia-\w+(?:\.ko)? ?"
        r"\((?P<other>[\d.]+)\)",
        says="driver_packages_inconsistent",
        confidence=_CERTAIN,
    ),
    sign(
        "modinfo", "version:", r"(?:^|[^yr] )version: +(?P<disk>\d{3}\.\d{2,3}(?:\.\d{2})?)(?:\s|$)"
    ),
    sign(
        "dkms",
        (": installed", ":installed"),
        r"nvidia(?:-\w+)?[/,] ?(?P<disk>\d{3}\.\d{2,3}(?:\.\d{2})?), ?"
        r"(?P<kernel>[\w.+-]+)[^\n]{0,30}: ?installed",
    ),
    sign(
        "sys_version",
        "/sys/module/nvidia/version",
        rf"/sys/module/nvidia/version[^\d]{{0,40}}(?P<module>{DRIVER_VERSION})",
    ),
    sign(
        "package",
        (
            "nvidia-driver-",
            "nvidia-utils-",
            "libnvidia-compute-",
            "nvidia-dkms-",
            "nvidia-kernel-",
            "linux-modules-nvidia-",
            "nvidia-utils",
            "nvidia-dkms",
            "libnvidia-ml",
            "kmod-nvidia",
            "akmod-nvidia",
        ),
        r"(?:ii|rc|local/)? *(?P<name>nvidia-driver|nvidia-utils|libnvidia-compute|nvidia-dkms|"
        r"nvidia-kernel-\w+|linux-modules-nvidia|libnvidia-ml|kmod-nvidia|akmod-nvidia|"
        r"nvidia-driver-libs|nvidia-open)[\w:.-]*? +(?:\d:)?(?P<version>\d{3}\.\d{2,3}"
        r"(?:\.\d{2})?)",
    ),
    sign(
        "tools_package",
        ("nvidia-smi ", "nvidia-alternative ", "xserver-xorg-video-nvidia", "libcuda1"),
        r"(?:^|\s)(?:ii|hi) (?P<name>nvidia-smi|nvidia-alternative|libcuda1|nvidia-driver)(?::\w+)?"
        r" +(?P<version>\d{3}\.\d{2,3}(?:\.\d{2})?)",
    ),
    sign(
        "package_branches",
        ("nvidia-dkms-", "nvidia-driver-", "libnvidia-compute-"),
        r"(?P<kind>nvidia-dkms|nvidia-driver|libnvidia-compute|nvidia-utils)-(?P<branch>\d{3})"
        r"(?:-server|-open)*\b",
    ),
    # What NVIDIA's images print when the driver is of an earlier minor version than their CUDA.
    sign(
        "minor_compat",
        ("minor version compatibility mode", "minor version compatibility mode enabled"),
        r"Minor Version Compatibility mode(?: ENABLED)?[^\n]{0,80}"
        r"(?:support(?:s)? for CUDA (?P<served>[\d.]+\d))?",
        says="driver_near_its_limit",
    ),
    # Package managers that hold parts of two driver versions.
    sign(
        "packages_conflict",
        (
            "unmet dependencies",
            "depends: ",
            "trying to overwrite",
            "conflicts with",
            "conflicts: ",
            "exists in filesystem",
        ),
        r"nvidia[\w-]*: /\S+ exists in filesystem|nvidia[\w-]* : (?:Depends|Conflicts|Breaks):"
        r" (?:lib)?nvidia[\w-]*[^\n]{0,80}(?:is to be"
        r" installed|not going to be installed|not installable)|trying to overwrite"
        r" [^\n]{0,80}(?:libnvidia|libcuda|nvidia)[^\n]{0,60}also in package (?:lib)?nvidia",
        says="driver_packages_inconsistent",
    ),
    sign(
        "rebooted",
        ("reboot", "restart"),
        r"(?:after|even after|despite)[^\n]{0,30}(?:re-?boot|restart)|reboot(?:ing|ed)?[^\n]{0,40}"
        r"(?:did(?:n't| not) help|does(?:n't| not) help|no effect|same|still|not fix)"
        r"|(?:already|have|has|I) (?:rebooted|restarted)"
        r"|(?:^|\s)(?:sudo )?reboot (?:\S{1,60}[#$%>] ?)?nvidia-smi Failed",
    ),
)


def mismatch(clues: Clues) -> Iterator[Candidate]:
    """Module and libraries of the driver are of two versions; only some of it a restart cures."""
    shown = clues.all(
        "mismatch", "nvml_version", "api_mismatch", "dso_mismatch", "api_mismatch_any"
    )[:4]
    if not clues.has("mismatch", "api_mismatch_any", "dso_mismatch"):
        if not _differ_in_tensorflow(clues):
            return
        shown = clues.all("tf_library_version", "tf_module_version")[:4]
    if inside := clues.first("container_prompt"):
        # The toolkit brings the host's libraries, which fit its module: these are the image's.
        yield likely("image_contains_driver_libs", [inside, *shown, *clues.all("nvml_file")[:2]])
    library, module = _versions(clues)
    disk = clues.values("modinfo", "disk") + clues.values("dkms", "disk")
    more = clues.all("modinfo", "dkms", "package", "proc_version")[:4]
    on_disk_differs = bool(library and disk) and not any(
        versions.same(library or "", version) for version in disk
    )
    on_disk_fits = bool(library and disk) and not on_disk_differs
    parameters = {"loaded": module, "installed": library}
    is_other_branch = _branches_differ(clues) or _is_installed_of_other_branch(clues, module)
    if on_disk_differs or (is_other_branch and not on_disk_fits):
        yield likely("driver_packages_inconsistent", [*shown, *more], **parameters)
        yield possible("driver_upgraded_not_reloaded", shown, **parameters)
    elif _is_just_started(clues) or (clues.has("rebooted") and not on_disk_fits):
        yield likely("driver_packages_inconsistent", shown, **parameters)
        yield possible("driver_upgraded_not_reloaded", shown, **parameters)
    elif library and module and versions.newer(module, library):
        # A restart loads what is on the disk, and cannot bring a library up to date.
        yield likely("driver_upgraded_not_reloaded", shown, **parameters)
        yield likely("driver_packages_inconsistent", shown, **parameters)
    else:
        yield likely("driver_upgraded_not_reloaded", shown, **parameters)
        yield possible("driver_packages_inconsistent", shown, **parameters)


def nvml_asserts(clues: Clues) -> Iterator[Candidate]:
    """PyTorch asks NVML for its words on memory, and NVML does not start."""
    if clue := clues.first("nvml_assert"):
        yield possible("driver_upgraded_not_reloaded", [clue])
        yield possible("nvml_library_missing", [clue])
        yield possible("gpu_out_of_memory", [clue])
    elif clue := clues.first("nvml_assert_later"):
        # NVML had started; some systems do not tell it the memory that PyTorch asks of it then.
        yield likely("gpu_out_of_memory", [clue])
        yield possible("gpu_memory_held_by_other_process", [clue])


def _versions(clues: Clues) -> tuple[str | None, str | None]:
    """Return the versions of the library and of the loaded module."""
    for name in ("api_mismatch", "dso_mismatch"):
        if clue := clues.first(name):
            return clue["library"], clue["module"]
    library = clues.value("nvml_version", "library") or clues.value("tf_library_version", "library")
    modules = clues.values("tf_module_version", "module")
    modules += clues.values("proc_version", "module") + clues.values("sys_version", "module")
    modules += clues.values("module_loading", "module")
    return library, next(iter(modules), None)


def _differ_in_tensorflow(clues: Clues) -> bool:
    library = clues.value("tf_library_version", "library")
    module = clues.value("tf_module_version", "module")
    return bool(library and module) and not versions.same(library or "", module or "")


def _branches_differ(clues: Clues) -> bool:
    """Say whether packages of the module and of the libraries are of two versions."""
    by_kind: dict[str, set[str]] = {}
    for clue in clues.all("package"):
        kind = (
            "module"
            if "dkms" in clue["name"] or "mod" in clue["name"] or ("kernel" in clue["name"])
            else "library"
        )
        by_kind.setdefault(kind, set()).add(clue["version"])
    if len(by_kind) == 2 and not by_kind["module"] & by_kind["library"]:
        return True
    branches: dict[str, set[str]] = {}
    for clue in clues.all("package_branches"):
        kind = "module" if "dkms" in clue["kind"] else "library"
        branches.setdefault(kind, set()).add(clue["branch"])
    return len(branches) == 2 and not branches["module"] & branches["library"]


def _is_installed_of_other_branch(clues: Clues, module: str | None) -> bool:
    """Say whether all packages of the driver's libraries are of another branch than the module.

    An update within a branch waits for a restart; one that changed the branch and left the module
    behind mostly left it on the disk, too.
    """
    branches = {major(clue["version"]) for clue in clues.all("package", "tools_package")}
    return bool(module and branches) and major(module) not in branches


def _is_just_started(clues: Clues) -> bool:
    seconds = [int(value) for value in clues.values("early", "seconds")]
    return bool(seconds) and min(seconds) < _EARLY_S


RULES: tuple[Rule, ...] = (mismatch, nvml_asserts)
