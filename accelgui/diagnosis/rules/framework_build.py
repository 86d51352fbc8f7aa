"""Rules of the framework's build: for CUDA at all, and for this GPU's architecture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.diagnosis.seen import package_evidence, python_package
from accelgui.diagnosis.versions import numbers
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_NO_KERNEL = (
    r"no kernel image is available|CUDA_ERROR_NO_BINARY_FOR_GPU|cudaErrorNoKernelImageForDevice"
    r"|CUDA_ERROR_INVALID_PTX|CUDA_ERROR_UNSUPPORTED_PTX_VERSION"
    r"|is not compatible with the current PyTorch installation"
)
_ARM = {"aarch64", "arm64"}


def cpu_only(case: Case) -> Finding | None:
    """A GPU is here, and this build knows nothing of CUDA."""
    framework = case.framework
    if framework is None or not case.has_nvidia or case.operations_on("gpu"):
        return None
    if framework.build.get("is_cuda_build", "").lower() != "false":
        return None
    if withdrawn_package(case) is not None:
        return None
    version = framework.version or ""
    evidence = Evidence(
        f"{framework.distribution or framework.name} {framework.version or ''}".strip(),
        "is_cuda_build: False",
    )
    is_told = framework.imported is True or "tensorflow-cpu" in (framework.distribution or "")
    return error(
        _cpu_only_code(case),
        Link.FRAMEWORK_BUILD,
        evidence,
        confidence=Confidence.CERTAIN if is_told or "+cpu" in version else Confidence.LIKELY,
    )


def withdrawn_package(case: Case) -> Finding | None:
    """tensorflow-gpu ended as an empty package; 2.12.0 holds nothing but a message."""
    framework, package = case.framework, python_package(case, "tensorflow-gpu")
    if package is None or (framework is not None and framework.name != "tensorflow"):
        return None
    if python_package(case, "tensorflow"):
        return None
    is_absent = framework is not None and framework.installed is False
    if not is_absent and numbers(package.version) < (2, 12):
        return None
    return error("tensorflow_gpu_package_removed", Link.FRAMEWORK_BUILD, package_evidence(package))


def architecture_missing(case: Case) -> Finding | None:
    """The build holds no kernels for this GPU, as its first operation or its list says."""
    if case.proof is not None or not case.has_nvidia:
        return None
    capability = _capability(case)
    built_for = case.framework.build.get("compute_capabilities", "") if case.framework else ""
    match = first_match(case, _NO_KERNEL)
    unlisted = capability is not None and built_for and not is_covered(capability, built_for)
    if match is None and not unlisted:
        return None
    evidence = [match.evidence] if match else []
    if capability:
        evidence.append(Evidence("compute capability", capability))
    if built_for:
        evidence.append(Evidence("architectures of the build", built_for))
    return error(
        "gpu_arch_not_in_build",
        Link.FRAMEWORK_BUILD,
        *evidence,
        confidence=Confidence.CERTAIN if match else Confidence.LIKELY,
        capability=capability or "",
        built_for=built_for,
    )


def is_covered(capability: str, built_for: str) -> bool:
    """Say whether a list such as "sm_60,sm_80,compute_90" serves a compute capability "8.9".

    Machine code (sm_XY) runs on the same major version from minor version Y on; PTX (compute_XY)
    is compiled by the driver for every later one (CUDA C++ Programming Guide, binary and PTX
    compatibility). Letters at the end (sm_90a) bind it to that one version.
    """
    wanted = _version(capability)
    if wanted is None:
        return True
    for kind, digits, letter in re.findall(r"(sm|compute)_(\d+)([a-z]?)", built_for):
        version = int(digits[:-1] or 0), int(digits[-1])
        same_major = version[0] == wanted[0] and version[1] <= wanted[1]
        if letter == "a":
            served = version == wanted
        else:
            served = same_major or (kind == "compute" and version <= wanted)
        if served:
            return True
    return False


def _capability(case: Case) -> str | None:
    listed = case.framework.devices if case.framework else ()
    for framework_device in listed:
        if framework_device.compute_capability:
            return framework_device.compute_capability
    for device in case.machine.devices if case.machine else ():
        for fact in device.facts:
            if fact.name == "compute_capability" and isinstance(fact.value, str):
                return fact.value
    return None


def _version(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d+)\.(\d+)", text, re.ASCII)
    return (int(match[1]), int(match[2])) if match else None


def _cpu_only_code(case: Case) -> str:
    host, framework = case.host, case.framework
    if host.system == "Windows" and framework and framework.name == "tensorflow":
        return "windows_native_gpu_unsupported"
    if host.machine.lower() in _ARM and host.system == "Linux":
        return "aarch64_wheel_cpu_only"
    return "cpu_only_build"


RULES: tuple[Rule, ...] = (cpu_only, withdrawn_package, architecture_missing)
