"""Rules of NVIDIA's kernel driver: installed, loaded, in charge of the GPU, of the right version.

Under WSL2 the driver is Windows' own, and none of this applies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, pci_evidence, warning
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

NVML_ERROR_DRIVER_NOT_LOADED = 9
NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18

# Drivers of the kernel's own that can take an NVIDIA GPU without making it useless for CUDA.
_HARMLESS_OWNERS = {"nvidia"}


def not_installed(case: Case) -> Finding | None:
    """A GPU on the bus, but nothing of NVIDIA's driver: no module, no file, no library.

    nouveau, which comes with the kernel, takes such a GPU; installing the driver sends it away.
    """
    if not _module_is_absent(case) or _is_installed(case) or _held_for_virtual_machine(case):
        return None
    confidence = Confidence.LIKELY if case.is_container else Confidence.CERTAIN
    return error(
        "driver_not_installed",
        Link.KERNEL_DRIVER,
        *(pci_evidence(gpu) for gpu in case.nvidia_gpus),
        Evidence("/proc/driver/nvidia/version", "no such file"),
        confidence=confidence,
    )


def other_driver(case: Case) -> Finding | None:
    """Another kernel driver holds every NVIDIA GPU."""
    gpus = case.nvidia_gpus
    owners = {gpu.driver for gpu in gpus}
    if not gpus or None in owners or owners & _HARMLESS_OWNERS:
        return None
    if not_installed(case) is not None:
        return None
    return error(
        "other_kernel_driver_owns_gpu",
        Link.KERNEL_DRIVER,
        *(pci_evidence(gpu) for gpu in gpus),
        driver=str(gpus[0].driver),
        address=gpus[0].address,
    )


def not_built(case: Case) -> Finding | None:
    """The driver's libraries are here, but no module for the running kernel: a kernel upgrade."""
    nvidia = case.nvidia
    if not _module_is_absent(case) or case.is_container or nvidia.module_on_disk_path is not None:
        return None
    if nvidia.installed_driver_version is None or other_driver(case) is not None:
        return None
    return error(
        "kernel_module_not_built_for_kernel",
        Link.KERNEL_DRIVER,
        Evidence(f"/lib/modules/{case.host.kernel}", "no nvidia.ko"),
        Evidence("installed driver", nvidia.installed_driver_version),
        confidence=Confidence.LIKELY,
    )


def not_loaded(case: Case) -> Finding | None:
    """The driver is installed, but its module is not in the kernel."""
    answer = case.nvml_answer(NVML_ERROR_DRIVER_NOT_LOADED)
    absent = _module_is_absent(case) or (answer is not None and not case.nvidia.module_loaded)
    if case.host.wsl or not absent or not_built(case):
        return None
    if other_driver(case) or not_installed(case):
        return None
    evidence = [Evidence("/proc/modules", "nvidia is not listed")]
    if version := case.nvidia.installed_driver_version:
        evidence.append(Evidence("installed driver", version))
    if answer:
        evidence.append(call_evidence(answer))
    return error(
        "driver_module_not_loaded",
        Link.KERNEL_DRIVER,
        *evidence,
        confidence=Confidence.CERTAIN if case.has_nvidia else Confidence.LIKELY,
        version=case.nvidia.installed_driver_version or "",
    )


def secure_boot(case: Case) -> Finding | None:
    """Secure Boot is on: a usual reason why an installed module is not loaded."""
    absent = not_loaded(case) or not_built(case)
    if case.host.secure_boot is not True or case.is_container or absent is None:
        return None
    return warning(
        "secure_boot_rejects_module",
        Link.KERNEL_DRIVER,
        Evidence("/sys/firmware/efi/efivars", "SecureBoot is on"),
        confidence=Confidence.POSSIBLE,
    )


def upgraded_not_reloaded(case: Case) -> Finding | None:
    """The libraries are of another version than the module in memory."""
    answer = case.nvml_answer(NVML_ERROR_LIB_RM_VERSION_MISMATCH)
    loaded, installed = case.nvidia.module_version, case.nvidia.installed_driver_version
    differ = bool(loaded and installed and loaded != installed)
    # A container brings libraries of its own; there, only the driver's answer counts.
    if answer is None and (not differ or case.is_container):
        return None
    if inconsistent(case) is not None:
        return None
    evidence = [call_evidence(answer)] if answer else []
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
    if on_disk is None or installed is None or on_disk == installed or case.is_container:
        return None
    # Loaded and libraries agree: what else lies on the disk may be a left-over.
    if nvidia.module_version == installed:
        return None
    return error(
        "driver_packages_inconsistent",
        Link.KERNEL_DRIVER,
        Evidence(nvidia.module_on_disk_path or "module on disk", on_disk),
        Evidence("installed driver", installed),
        confidence=Confidence.LIKELY,
    )


def _module_is_absent(case: Case) -> bool:
    return bool(case.nvidia_gpus) and case.nvidia.module_loaded is False and not case.host.wsl


def _is_installed(case: Case) -> bool:
    return case.nvidia.installed_driver_version is not None or any(
        not library.path.endswith("stubs/libcuda.so") and "/compat/" not in library.path
        for library in case.libraries("libcuda.so")
    )


def _held_for_virtual_machine(case: Case) -> bool:
    return any((gpu.driver or "").startswith("vfio") for gpu in case.nvidia_gpus)


RULES: tuple[Rule, ...] = (
    not_installed,
    other_driver,
    not_built,
    not_loaded,
    secure_boot,
    inconsistent,
    upgraded_not_reloaded,
)
