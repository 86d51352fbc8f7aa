"""Rules of NVML, the library that reports load, memory, temperature and power.

Causes that lie deeper (driver not loaded, wrong version, GPU lost) are told at their own links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, warning
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

NVML_ERROR_LIBRARY_NOT_FOUND = 12
_CUDA_SUCCESS = 0


def library_missing(case: Case) -> Finding | None:
    """The driver runs, but the loader does not find libnvidia-ml."""
    if (absent := _left_out(case)) is not None:
        return absent
    answer = case.nvml_answer(NVML_ERROR_LIBRARY_NOT_FOUND)
    drives = case.nvidia.module_loaded is True or case.cuda_code == 0
    if answer is None or not drives or not (case.gpu_nodes or case.cuda_code == 0):
        return None
    found = next((library.path for library in case.libraries("libnvidia-ml.so")), "")
    # CUDA does without it; what is lost are load, memory and temperature.
    return warning("nvml_library_missing", Link.NVML, call_evidence(answer), found=found)


def _left_out(case: Case) -> Finding | None:
    """Return what a tree of files shows: the driver's libcuda without the library beside it."""
    if case.is_live or case.nvidia.module_loaded is not True or case.host.wsl:
        return None
    libcuda = next((lib for lib in case.libraries("libcuda.so") if lib.origin == "ldconfig"), None)
    if libcuda is None or case.libraries("libnvidia-ml.so"):
        return None
    folder = libcuda.path.rpartition("/")[0]
    evidence = (Evidence("library", libcuda.path), Evidence(folder, "no libnvidia-ml.so.1"))
    return warning("nvml_library_missing", Link.NVML, *evidence, confidence=Confidence.LIKELY)


def timed_out(case: Case) -> Finding | None:
    """NVML was asked and never answered."""
    for answer in case.answers:
        if answer.timed_out and answer.call.startswith("nvml"):
            tell = warning if case.cuda_code == _CUDA_SUCCESS else error
            return tell("probe_timed_out", Link.NVML, call_evidence(answer), what=answer.call)
    return None


RULES: tuple[Rule, ...] = (library_missing, timed_out)
