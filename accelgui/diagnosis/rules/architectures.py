"""Rules of a build that cannot hold code for this GPU: its CUDA does not know the generation.

First CUDA of each generation: "CUDA Toolkit, Driver, and Architecture Matrix" in NVIDIA's data
centre driver documentation. What CUDA 12 and 13 dropped: their release notes. What PyTorch's wheels
of CUDA 12.8 and later leave out before CUDA did: pytorch/pytorch issue 157517.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, pci_evidence
from accelgui.diagnosis.rules.driver_fit import generations
from accelgui.diagnosis.seen import python_packages
from accelgui.diagnosis.versions import numbers
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

# Turing and Ada run code of Volta and Ampere, which is of the same major version.
_FIRST_CUDA = {
    "Ampere": (11, 0),
    "Ada": (11, 0),
    "Hopper": (11, 8),
    "Grace Hopper": (11, 8),
    "Blackwell": (12, 8),
}
_FIRST_WITHOUT = {
    "Fermi": (9, 0),
    "Kepler": (12, 0),
    "Maxwell": (13, 0),
    "Pascal": (13, 0),
    "Volta": (13, 0),
}
_FIRST_TORCH_WITHOUT = {"Maxwell": (12, 8), "Pascal": (12, 8)}


def generation_unknown(case: Case) -> Finding | None:
    """The build's CUDA is older than the GPU, or too new for it; nobody has tried it yet."""
    framework, cuda = case.framework, _cuda(case)
    if framework is None or framework.imported is not None or case.is_live or cuda is None:
        return None
    is_torch = framework.name == "pytorch"
    for gpu, known in generations(case):
        # TensorFlow and JAX bring PTX along, which the driver compiles for a later GPU.
        is_too_old = is_torch and cuda < _FIRST_CUDA.get(known.name, (0,))
        dropped = _FIRST_TORCH_WITHOUT.get(known.name) if is_torch else None
        dropped = dropped or _FIRST_WITHOUT.get(known.name)
        if not is_too_old and (dropped is None or cuda < dropped):
            continue
        return error(
            "gpu_arch_not_in_build",
            Link.FRAMEWORK_BUILD,
            pci_evidence(gpu),
            Evidence("GPU", known.name),
            Evidence("CUDA version of the build", ".".join(map(str, cuda))),
            confidence=Confidence.LIKELY,
        )
    return None


def _cuda(case: Case) -> tuple[int, ...] | None:
    told = case.framework.build.get("cuda_version") if case.framework else None
    if not told:
        wheels = python_packages(case, r"nvidia-cuda-runtime(?:-cu\d+)?")
        told = wheels[0].version if wheels else None
    return numbers(told)[:2] if len(numbers(told)) >= 2 else None


RULES: tuple[Rule, ...] = (generation_unknown,)
