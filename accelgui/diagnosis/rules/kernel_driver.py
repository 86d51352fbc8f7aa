"""Rules of NVIDIA's kernel driver: installed, loaded, in charge of the GPU, of the right version.

Under WSL2 the driver is Windows' own, and none of this applies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, pci_evidence, warning
from accelgui.diagnosis.rules.driver_fit import misfit
from accelgui.diagnosis.seen import (
    configured,
    kernel_line,
    package_evidence,
    system_package,
    system_packages,
)
from accelgui.diagnosis.versions import numbers
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Package

NVML_ERROR_DRIVER_NOT_LOADED = 9
NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18

_MODULE_PACKAGE = r"nvidia-(?:dkms|kernel-common|kernel-source)-\d{3}.*|nvidia-kernel-dkms"
_DRIVER = r"nvidia-(?:driver|dkms|kernel-dkms|open|utils)(?:-.*)?|cuda-drivers.*|nvidia-smi"

# Drivers of the kernel's own that can take an NVIDIA GPU without making it useless for CUDA.
_HARMLESS_OWNERS = {"nvidia"}
# These take a device to lend it to a virtual machine: Linux' own, Xen's, or whoever comes next.
_LENDING = ("vfio", "pciback", "xen-pciback", "pci-stub")
# It takes what NVIDIA's own driver has not taken.
_STEPS_IN = {"nouveau", None}

_MISMATCH = r"NVRM: API mismatch"
# What the kernel says when it refuses a module; that it merely "taints" is no refusal.
_REFUSED = (
    r"Loading of unsigned module is rejected|Lockdown: modprobe: unsigned module loading"
    r"|Key was rejected by service|module signature .{0,40}(?:rejected|not signed with a trusted)"
)
_BLACKLISTED = (
    r"^(?:blacklist\s+nvidia|alias\s+nvidia\s+off|install\s+nvidia\s+\S*(?:false|true))\s*$"
)
_KERNEL_ARGUMENT = r"blacklist=(?:\S*,)?nvidia(?:,|$)"
# NVIDIA's modules that Canonical builds and signs with a key that every firmware trusts.
_SIGNED_BY_DISTRIBUTION = "/kernel/nvidia-"
_SECURE_BOOT_IS_ON = Evidence("/sys/firmware/efi/efivars", "SecureBoot is on")


def not_installed(case: Case) -> Finding | None:
    """A GPU on the bus, but nothing of NVIDIA's driver: no module, no file, no library.

    nouveau, which comes with the kernel, takes such a GPU; installing the driver sends it away.
    """
    is_unknown = bool(case.nvidia_gpus) and case.nvidia.module_loaded is None and not case.is_live
    if not (_module_is_absent(case) or is_unknown) or _is_installed(case):
        return None
    if _held_for_virtual_machine(case) or case.host.wsl or case.nvidia.gpus or case.gpu_nodes:
        return None
    is_sure = not case.is_container and case.saw("/usr/lib") and not is_unknown
    confidence = Confidence.CERTAIN if is_sure else Confidence.LIKELY
    return error(
        "driver_not_installed",
        Link.KERNEL_DRIVER,
        *(pci_evidence(gpu) for gpu in case.nvidia_gpus),
        Evidence("/proc/driver/nvidia/version", "no such file"),
        confidence=confidence,
    )


def other_driver(case: Case) -> Finding | None:
    """Another kernel driver holds every NVIDIA GPU.

    Where NVIDIA's is not even installed, or not built for this kernel, that is the cause, and
    this what comes after it.
    """
    gpus = case.nvidia_gpus
    owners = {gpu.driver for gpu in gpus}
    if owners == {None} and not case.is_live and _module_is_absent(case):
        # A tree may have left the links of sysfs out.
        if not case.nvidia.nouveau_loaded:
            return None
        told = [Evidence("/proc/modules", "nouveau is loaded, nvidia is not")]
    elif not gpus or None in owners or owners & _HARMLESS_OWNERS:
        return None
    else:
        told = [pci_evidence(gpu) for gpu in gpus]
    is_cause = not_installed(case) is None and not (_stepped_in(case) and _built_for_others(case))
    tell = error if is_cause else warning
    return tell(
        "other_kernel_driver_owns_gpu",
        Link.KERNEL_DRIVER,
        *told,
        confidence=Confidence.CERTAIN
        if is_cause and gpus[0].driver and not _none_is_built(case)
        else Confidence.LIKELY,
        driver=gpus[0].driver or "nouveau",
        address=gpus[0].address,
    )


def not_built(case: Case) -> Finding | None:
    """The driver's libraries are here, but no module for the running kernel: a kernel upgrade."""
    nvidia = case.nvidia
    if not _module_is_absent(case) or case.is_container or nvidia.module_on_disk_path is not None:
        return None
    built_for_others = _built_for_others(case)
    is_installed = nvidia.installed_driver_version or built_for_others
    if not is_installed or not_installed(case):
        return None
    if other_driver(case) and not (_stepped_in(case) and _none_is_built(case)):
        return None
    # Of a tree without any modules it is not known for which kernels there were some.
    if not case.is_live and not nvidia.modules_folder_seen and not built_for_others:
        return None
    evidence = [Evidence(f"/lib/modules/{case.host.kernel}", "no nvidia.ko")]
    evidence += [Evidence(f"/lib/modules/{k}", "nvidia.ko is here") for k in built_for_others[:3]]
    if version := nvidia.installed_driver_version:
        evidence.append(Evidence("installed driver", version))
    return error(
        "kernel_module_not_built_for_kernel",
        Link.KERNEL_DRIVER,
        *evidence,
        confidence=Confidence.CERTAIN if built_for_others else Confidence.LIKELY,
        others=", ".join(built_for_others),
    )


def not_loaded(case: Case) -> Finding | None:
    """The driver is installed, but its module is not in the kernel."""
    answer = case.nvml_answer(NVML_ERROR_DRIVER_NOT_LOADED)
    absent = _module_is_absent(case) or (answer is not None and not case.nvidia.module_loaded)
    if case.host.wsl or not absent or not_built(case) or misfit(case):
        return None
    if other_driver(case) or not_installed(case) or _refusal(case):
        return None
    evidence = [Evidence("/proc/modules", "nvidia is not listed")]
    blacklisted = _blacklisted(case)
    if blacklisted:
        evidence.insert(0, blacklisted)
    if version := case.nvidia.installed_driver_version:
        evidence.append(Evidence("installed driver", version))
    if answer:
        evidence.append(call_evidence(answer))
    return error(
        "driver_module_not_loaded",
        Link.KERNEL_DRIVER,
        *evidence,
        # Packages that do not fit each other come first: loading the module does not mend them.
        confidence=Confidence.LIKELY if inconsistent(case) else Confidence.CERTAIN,
        version=case.nvidia.installed_driver_version or "",
        blacklisted=blacklisted.source if blacklisted else "",
    )


def secure_boot(case: Case) -> Finding | None:
    """Secure Boot refuses the module: by the kernel's own words, or it is on and nothing else is.

    Where the module is not even built, that it is on is worth knowing for later; where nouveau
    has the GPU, it may have come in the refused module's place, as Fedora's fallback does.
    """
    if case.is_container:
        return None
    if evidence := _refusal(case):
        is_told = evidence[0] != _SECURE_BOOT_IS_ON
        return error(
            "secure_boot_rejects_module",
            Link.KERNEL_DRIVER,
            *evidence,
            confidence=Confidence.CERTAIN if is_told else Confidence.LIKELY,
        )
    nouveau_instead = other_driver(case) and case.nvidia.module_on_disk_path
    if case.host.secure_boot is not True or not (
        not_loaded(case) or not_built(case) or nouveau_instead
    ):
        return None
    return warning(
        "secure_boot_rejects_module",
        Link.KERNEL_DRIVER,
        _SECURE_BOOT_IS_ON,
        confidence=Confidence.POSSIBLE,
    )


def _refusal(case: Case) -> list[Evidence]:
    """Return what shows that the kernel refuses a module that is there, [] where nothing does."""
    if not _module_is_absent(case) or not_installed(case) or other_driver(case):
        return []
    is_on = case.host.secure_boot is True
    if line := kernel_line(case, _REFUSED):
        return [line, _SECURE_BOOT_IS_ON] if is_on else [line]
    path = case.nvidia.module_on_disk_path
    if not is_on or path is None or _blacklisted(case) or misfit(case):
        return []
    if _SIGNED_BY_DISTRIBUTION in path and case.nvidia.module_is_signed is not False:
        return []
    return [_SECURE_BOOT_IS_ON, Evidence(path, "built here, and not loaded")]


def _blacklisted(case: Case) -> Evidence | None:
    return configured(case, "modprobe.d", _BLACKLISTED) or configured(
        case, "/proc/cmdline", _KERNEL_ARGUMENT
    )


def upgraded_not_reloaded(case: Case) -> Finding | None:
    """The libraries are of another version than the module in memory."""
    answer = case.nvml_answer(NVML_ERROR_LIB_RM_VERSION_MISMATCH)
    loaded = case.nvidia.module_version
    # Where no library was seen, the module on disk tells of an update just as well.
    installed = case.nvidia.installed_driver_version or case.nvidia.module_on_disk_version
    differ = bool(loaded and installed and loaded != installed)
    # A container brings libraries of its own; there, only the driver's answer counts.
    if case.is_container or case.host.wsl:
        differ = False
    line = kernel_line(case, _MISMATCH) if not case.proof and not case.is_live else None
    if answer is None and not differ and line is None:
        return None
    if inconsistent(case) is not None:
        return None
    evidence = [call_evidence(answer)] if answer else []
    evidence += [line] if line else []
    if differ:
        evidence.append(Evidence("loaded module", str(loaded)))
        evidence.append(Evidence("installed driver", str(installed)))
    return error(
        "driver_upgraded_not_reloaded",
        Link.KERNEL_DRIVER,
        *evidence,
        confidence=Confidence.LIKELY if case.is_container else Confidence.CERTAIN,
        loaded=loaded or "",
        installed=installed or "",
    )


def inconsistent(case: Case) -> Finding | None:
    """The module on disk is of another version than the libraries: no restart mends that."""
    nvidia = case.nvidia
    on_disk, installed = nvidia.module_on_disk_version, nvidia.installed_driver_version
    if mixed := _mixed_libraries(case):
        return mixed
    packaged = _packaged_module(case, installed) if on_disk is None else None
    on_disk = on_disk or (packaged.version if packaged else None)
    if on_disk is None or installed is None or on_disk == installed or case.is_container:
        return None
    # Loaded and libraries agree: what else lies on the disk may be a left-over.
    if nvidia.module_version == installed:
        return None
    return error(
        "driver_packages_inconsistent",
        Link.KERNEL_DRIVER,
        package_evidence(packaged)
        if packaged
        else Evidence(nvidia.module_on_disk_path or "module on disk", on_disk),
        Evidence("installed driver", installed),
        confidence=Confidence.LIKELY,
    )


def _packaged_module(case: Case, installed: str | None) -> Package | None:
    """Return a package of the kernel module, where none is of the libraries' version."""
    found = system_packages(case, _MODULE_PACKAGE) if installed and not case.is_live else []
    if any(re.match(rf"(?:\d+:)?{re.escape(installed or '')}(?:-|$)", p.version) for p in found):
        return None
    return next(iter(found), None)


def _mixed_libraries(case: Case) -> Finding | None:
    """Return that the driver's two libraries differ in version, as half an update leaves them."""
    if case.is_live or case.is_container or case.host.wsl:
        return None
    found = [case.libraries(name)[:1] for name in ("libcuda.so", "libnvidia-ml.so")]
    first = [library for libraries in found for library in libraries]
    versions = {library.version for library in first if len(numbers(library.version)) >= 2}
    if len(versions) < 2 or any("compat" in library.path for library in first):
        return None
    if any(len(str(numbers(library.version)[0])) < 3 for library in first):
        return None  # Those of Jetson end with .so.1.1.
    return error(
        "driver_packages_inconsistent",
        Link.KERNEL_DRIVER,
        *(Evidence("library", f"{library.path} {library.version}") for library in first),
        confidence=Confidence.LIKELY,
    )


def silent(case: Case) -> Finding | None:
    """The loaded driver does not even answer for its files in /proc."""
    for answer in case.answers:
        if answer.timed_out and answer.call.startswith("/proc/driver/nvidia"):
            evidence = call_evidence(answer)
            return error("probe_timed_out", Link.KERNEL_DRIVER, evidence, what=answer.call)
    return None


def _module_is_absent(case: Case) -> bool:
    return bool(case.nvidia_gpus) and case.nvidia.module_loaded is False and not case.host.wsl


def _stepped_in(case: Case) -> bool:
    return {gpu.driver for gpu in case.nvidia_gpus} <= _STEPS_IN


def _none_is_built(case: Case) -> bool:
    """Say whether the running kernel is seen to have no module of NVIDIA's."""
    nvidia = case.nvidia
    if nvidia.module_on_disk_path is not None:
        return False
    return bool(nvidia.modules_folder_seen or _built_for_others(case))


def _built_for_others(case: Case) -> list[str]:
    """Return the other kernels that have a module, where the running one has none."""
    if case.nvidia.module_on_disk_path is not None:
        return []
    return [kernel for kernel in case.nvidia.module_kernels if kernel != case.host.kernel]


def _is_installed(case: Case) -> bool:
    nvidia = case.nvidia
    if nvidia.module_on_disk_path or nvidia.module_kernels or system_package(case, _DRIVER):
        return True
    return nvidia.installed_driver_version is not None or any(
        not library.path.endswith("stubs/libcuda.so") and "/compat/" not in library.path
        for library in case.libraries("libcuda.so")
    )


def _held_for_virtual_machine(case: Case) -> bool:
    return any((gpu.driver or "").startswith(_LENDING) for gpu in case.nvidia_gpus)


RULES: tuple[Rule, ...] = (
    not_installed,
    other_driver,
    not_built,
    inconsistent,
    not_loaded,
    secure_boot,
    upgraded_not_reloaded,
    silent,
)
