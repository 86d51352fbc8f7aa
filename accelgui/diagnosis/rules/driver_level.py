"""Rules of the CUDA level that the driver serves: too low for the build, or only just enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, info, pci_evidence, warning
from accelgui.diagnosis.rules.driver_fit import driver_version, generations, misfit
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.diagnosis.rules.wheels import needed as needed_by_build
from accelgui.diagnosis.seen import python_packages
from accelgui.diagnosis.versions import cuda_of_driver, major, numbers, runs_with
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.generations import Generation
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import PciDevice

_TOO_OLD = (
    r"CUDA driver version is insufficient for CUDA runtime version"
    r"|cudaErrorInsufficientDriver"
    r"|The NVIDIA driver on your system is too old"
)


def too_old(case: Case) -> Finding | None:
    """The driver serves an older CUDA than the one that the framework was built with."""
    if not case.has_nvidia:
        return None
    match = first_match(case, _TOO_OLD)
    served, built = _served(case), _built(case)
    if match is None and runs_with(built, served) is not False:
        return None
    by_branch = case.nvidia.cuda_version is None and case.nvidia.nvml_cuda_version is None
    last = _gpu_at_its_last_branch(case)
    return error(
        "driver_too_old_for_cuda",
        Link.CUDA_LIBRARIES,
        *([match.evidence] if match else []),
        *_levels(served, built),
        confidence=Confidence.LIKELY if by_branch and not match else Confidence.CERTAIN,
        driver=case.nvidia.module_version or case.nvidia.nvml_driver_version or "",
        served=served or "",
        needed=built or "",
        # No newer driver serves this GPU, so that updating it is no remedy.
        generation=last[1].name if last else "",
    )


def below_the_build(case: Case) -> Finding | None:
    """The build is for a later CUDA of the same major version: it runs, but not all of it.

    "Minor Version Compatibility" in NVIDIA's CUDA compatibility guide: features that need the
    newer driver fail, and so does PTX that the newer toolkit made.
    """
    served, built = _served(case), _built(case)
    if not case.has_nvidia or misfit(case) is not None or runs_with(built, served) is not True:
        return None
    if numbers(built)[:2] <= numbers(served)[:2]:
        return None
    return warning(
        "driver_near_its_limit",
        Link.CUDA_LIBRARIES,
        *_levels(served, built),
        confidence=Confidence.LIKELY,
        driver=driver_version(case) or "",
        served=served or "",
        needed=built or "",
    )


def last_of_its_line(case: Case) -> Finding | None:
    """The driver is of the last branch that knows this GPU: a later one drops it."""
    last = _gpu_at_its_last_branch(case)
    if last is None or not (case.nvidia.module_version or case.nvidia.nvml_driver_version):
        return None
    gpu, known = last
    return info(
        "driver_near_its_limit",
        Link.KERNEL_DRIVER,
        pci_evidence(gpu),
        Evidence("driver", driver_version(case) or ""),
        confidence=Confidence.LIKELY,
        driver=driver_version(case) or "",
        generation=known.name,
        branch=str(known.last_branch),
        cuda=cuda_of_driver(str(known.last_branch)) or "",
    )


def _served(case: Case) -> str | None:
    nvidia = case.nvidia
    # Where NVML answered, it told this too, unless the driver is too broken to have a level.
    by_branch = cuda_of_driver(nvidia.module_version) if nvidia.nvml is None else None
    return nvidia.cuda_version or nvidia.nvml_cuda_version or by_branch


def _built(case: Case) -> str | None:
    """Return the CUDA of the build, with its minor version where build or wheels tell it."""
    told = case.framework.build.get("cuda_version") if case.framework else None
    implied = needed_by_build(case).cuda
    if told or implied is None:
        return told
    wheels = python_packages(case, r"nvidia-cuda-runtime(?:-cu\d+)?")
    versions = [wheel.version for wheel in wheels if major(wheel.version) == implied]
    return next((".".join(v.split(".")[:2]) for v in versions), str(implied))


def _levels(served: str | None, built: str | None) -> list[Evidence]:
    rows = (("CUDA version of the driver", served), ("CUDA version of the build", built))
    return [Evidence(source, version) for source, version in rows if version]


def _gpu_at_its_last_branch(case: Case) -> tuple[PciDevice, Generation] | None:
    branch = major(driver_version(case))
    at_end = (
        (gpu, known)
        for gpu, known in generations(case)
        if known.last_branch is not None and known.last_branch == branch
    )
    return next(at_end, None)


RULES: tuple[Rule, ...] = (too_old, last_of_its_line)
# Where packages do not fit each other, that is told before it.
LATER_RULES: tuple[Rule, ...] = (below_the_build,)
