"""Rules for GPUs of other makers, which want another build of the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import info, pci_evidence
from accelgui.model.chain import Link
from accelgui.model.finding import Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

OTHER_MAKERS = _AMD, _INTEL = "1002", "8086"


def amd_gpu(case: Case) -> Finding | None:
    """An AMD GPU, and nothing that the chains here know."""
    return _of_maker(case, _AMD, "amd_gpu_needs_rocm_build")


def intel_gpu(case: Case) -> Finding | None:
    """An Intel GPU, and nothing that the chains here know."""
    return _of_maker(case, _INTEL, "intel_gpu_needs_plugin")


def apple_gpu(case: Case) -> Finding | None:
    """A Mac with Apple's own chip."""
    host = case.host
    if host.system != "Darwin" or host.machine != "arm64" or case.tried:
        return None
    evidence = Evidence("uname", f"{host.system} {host.machine}")
    return info("apple_gpu_needs_plugin", Link.DEVICE, evidence)


def _of_maker(case: Case, vendor_id: str, code: str) -> Finding | None:
    gpus = case.gpus_of(vendor_id)
    if not gpus or case.has_accelerator:
        return None
    return info(code, Link.DEVICE, *(pci_evidence(gpu) for gpu in gpus))


RULES: tuple[Rule, ...] = (amd_gpu, intel_gpu, apple_gpu)
