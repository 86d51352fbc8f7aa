"""Rules of a driver that does not fit the GPU: too new or too old for it, or the other module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.generations import generation
from accelgui.diagnosis.rule import error, pci_evidence, warning
from accelgui.diagnosis.seen import kernel_line, system_package
from accelgui.diagnosis.versions import major
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence, Severity

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.generations import Generation
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import PciDevice

_LEGACY = (
    r"supported through the NVIDIA (?P<branch>[\d.x]+) Legacy drivers|NVIDIA \S+ Legacy driver"
)
_NOT_OPEN = (
    r"requires use of the NVIDIA proprietary kernel modules"
    r"|not supported by (?:the )?open nvidia\.ko"
    r"|does not include the required GPU\s+System Processor"
)
_NEEDS_OPEN = r"requires use of the NVIDIA open kernel modules"
_UNKNOWN_GPU = r"is not supported by the NVIDIA (?P<driver>[\d.]+) driver release"


def dropped_by_branch(case: Case) -> Finding | None:
    """The driver's branch is newer than the last one that knows this GPU."""
    if _works(case):
        return None
    line = kernel_line(case, _LEGACY)
    installed = driver_version(case)
    for gpu, known in generations(case):
        branch = major(installed)
        is_newer = bool(known.last_branch and branch and branch > known.last_branch)
        if not is_newer and (line is None or known.last_branch is None):
            continue
        evidence = [line] if line else []
        evidence += [pci_evidence(gpu), Evidence("installed driver", installed or "not known")]
        return error(
            "gpu_dropped_by_driver_branch",
            Link.KERNEL_DRIVER,
            *evidence,
            confidence=Confidence.CERTAIN if line else Confidence.LIKELY,
            generation=known.name,
            branch=str(known.last_branch),
            installed=installed or "",
        )
    return None


def too_old_for_gpu(case: Case) -> Finding | None:
    """The driver's branch is older than the first one that knows this GPU.

    Without the kernel's word for it a warning only: cards of a known generation come later, too.
    """
    if _works(case) or dropped_by_branch(case) is not None:
        return None
    line = kernel_line(case, _UNKNOWN_GPU)
    installed = driver_version(case)
    branch = major(installed)
    for gpu, known in generations(case):
        if branch is None or branch >= known.first_branch:
            continue
        tell = error if line else warning
        return tell(
            "driver_too_old_for_gpu",
            Link.KERNEL_DRIVER,
            *([line] if line else []),
            pci_evidence(gpu),
            Evidence("installed driver", installed or ""),
            confidence=Confidence.CERTAIN if line else Confidence.LIKELY,
            generation=known.name,
            branch=str(known.first_branch),
            installed=installed or "",
        )
    return None


def open_module_unfit(case: Case) -> Finding | None:
    """The open kernel module needs a processor that GPUs before Turing do not have."""
    if _works(case) or dropped_by_branch(case) or _unknown_to_driver(case):
        return None
    line = kernel_line(case, _NOT_OPEN)
    is_open = case.nvidia.module_is_open or system_package(
        case, r"nvidia-(?:dkms|kernel-source)-\d+-(?:server-)?open|nvidia-open(?:-\w+)?"
    )
    for gpu, known in generations(case):
        if known.open_module or not (line or is_open):
            continue
        evidence = [line] if line else []
        return error(
            "open_kernel_module_unsupported_gpu",
            Link.KERNEL_DRIVER,
            *evidence,
            pci_evidence(gpu),
            confidence=Confidence.CERTAIN if line else Confidence.LIKELY,
            generation=known.name,
        )
    if line is None:
        return None
    return error("open_kernel_module_unsupported_gpu", Link.KERNEL_DRIVER, line)


def proprietary_module_unfit(case: Case) -> Finding | None:
    """Grace Hopper and Blackwell take the open kernel module only: the same cause, mirrored."""
    if _works(case) or open_module_unfit(case) or _unknown_to_driver(case):
        return None
    line = kernel_line(case, _NEEDS_OPEN)
    # A driver from before this GPU has no module for it, neither open nor closed.
    if line is None and too_old_for_gpu(case) is not None:
        return None
    for gpu, known in generations(case):
        is_closed = case.nvidia.module_is_open is False and not known.proprietary_module
        if line is None and not is_closed:
            continue
        evidence = [line] if line else []
        return error(
            "open_kernel_module_unsupported_gpu",
            Link.KERNEL_DRIVER,
            *evidence,
            pci_evidence(gpu),
            confidence=Confidence.CERTAIN if line else Confidence.LIKELY,
            generation=known.name,
        )
    return None


def misfit(case: Case) -> Finding | None:
    """Return what keeps the installed driver from serving the GPU, None where it fits."""
    return (
        dropped_by_branch(case)
        or _unknown_to_driver(case)
        or open_module_unfit(case)
        or proprietary_module_unfit(case)
    )


def _unknown_to_driver(case: Case) -> Finding | None:
    found = too_old_for_gpu(case)
    return found if found is not None and found.severity is Severity.ERROR else None


def _works(case: Case) -> bool:
    if case.proof is not None or case.host.wsl or case.is_container:
        return True
    return bool(case.nvidia.nvml_device_count or case.nvidia.cuda_device_count)


def driver_version(case: Case) -> str | None:
    """Return the driver's version: of the loaded module, else of what is installed."""
    nvidia = case.nvidia
    return (
        nvidia.module_version
        or nvidia.nvml_driver_version
        or nvidia.module_on_disk_version
        or nvidia.installed_driver_version
    )


def generations(case: Case) -> list[tuple[PciDevice, Generation]]:
    """Return the GPUs whose generation is known, with it."""
    known = ((gpu, generation(gpu.device_id)) for gpu in case.nvidia_gpus)
    return [(gpu, found) for gpu, found in known if found is not None]


RULES: tuple[Rule, ...] = (
    dropped_by_branch,
    too_old_for_gpu,
    open_module_unfit,
    proprietary_module_unfit,
)
