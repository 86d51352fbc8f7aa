"""Rules of the CUDA and cuDNN libraries that a framework loads.

What is missing is only ever named by the framework itself, in its log or in the import's error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, info
from accelgui.diagnosis.rules.log_lines import LogMatch, first_match, matches
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_LIBRARY = r"(?P<library>(?:lib)?[\w+.-]+?\.(?:so(?:\.[\d.]*\d)?|dll))"
_NOT_LOADED = (
    rf"(?i)could not (?:load|dlopen)(?: dynamic)? library '{_LIBRARY}'"
    rf"|(?P<opened>lib[\w+-]+\.so(?:\.[\d.]*\d)?): cannot open shared object file"
)
_SOME = r"Cannot dlopen some GPU libraries"
_TOO_OLD = (
    r"CUDA driver version is insufficient for CUDA runtime version"
    r"|cudaErrorInsufficientDriver"
    r"|The NVIDIA driver on your system is too old"
)
_BENIGN = {
    "tensorrt_not_installed": r"Could not find TensorRT|libnvinfer",
    "duplicate_plugin_registration": (
        r"Unable to register (?:cuDNN|cuFFT|cuBLAS|cu\w+) (?:factory|plugin)"
    ),
    "ptxas_driver_fallback": r"Relying on driver to perform ptx compilation",
}

# Optional for the framework, or the driver's own: told at other links.
_NOT_CUDA = ("libnvinfer", "libcuda.so", "nvcuda.dll", "libtpu", "libnvidia-ml")
_CUDA = ("libcu", "libnv", "cu", "libnccl")


def not_found(case: Case) -> Finding | None:
    """The framework says that it could not load libraries, mostly naming them."""
    named = _named(case)
    some = first_match(case, _SOME)
    if not case.has_nvidia or (not named and some is None):
        return None
    names = list(dict.fromkeys(name for name, _ in named))
    evidence = [match.evidence for _, match in named[:5]]
    if some is not None:
        evidence.append(some.evidence)
    lying_about = _lying_about(case, names)
    if names and len(lying_about) == len(names):
        return error(
            "cuda_libs_not_on_loader_path",
            Link.CUDA_LIBRARIES,
            *evidence,
            *(Evidence("library", path) for path in lying_about),
            libraries=", ".join(names),
            folders=":".join(dict.fromkeys(path.rpartition("/")[0] for path in lying_about)),
        )
    return error(
        "cuda_library_not_found",
        Link.CUDA_LIBRARIES,
        *evidence,
        libraries=", ".join(names),
        confidence=Confidence.CERTAIN if names else Confidence.LIKELY,
    )


def driver_too_old(case: Case) -> Finding | None:
    """The driver serves an older CUDA than the one that the framework was built with."""
    if not case.has_nvidia:
        return None
    match = first_match(case, _TOO_OLD)
    built, served = _build_cuda(case), case.nvidia.cuda_version or case.nvidia.nvml_cuda_version
    older = _major(served) is not None and (_major(built) or 0) > (_major(served) or 0)
    if match is None and not older:
        return None
    evidence = [match.evidence] if match else []
    if served:
        evidence.append(Evidence("CUDA version of the driver", served))
    if built:
        evidence.append(Evidence("CUDA version of the build", built))
    return error(
        "driver_too_old_for_cuda",
        Link.CUDA_LIBRARIES,
        *evidence,
        driver=case.nvidia.module_version or case.nvidia.nvml_driver_version or "",
        served=served or "",
        needed=built or "",
    )


def benign_lines(code: str) -> Rule:
    """Make the rule of a line that frightens people and means nothing."""

    def rule(case: Case) -> Finding | None:
        match = first_match(case, _BENIGN[code])
        return info(code, Link.CUDA_LIBRARIES, match.evidence) if match else None

    return rule


def _named(case: Case) -> list[tuple[str, LogMatch]]:
    found = []
    for match in matches(case, _NOT_LOADED):
        name = match.groups.get("library") or match.groups.get("opened") or ""
        if name.startswith(_CUDA) and not name.startswith(_NOT_CUDA):
            found.append((name, match))
    return found


def _lying_about(case: Case, names: list[str]) -> list[str]:
    """Return a path for each named library that is on the machine, but not loaded from there."""
    found = []
    for name in names:
        paths = [library.path for library in case.libraries(name) if library.name == name]
        found += paths[:1]
    return found


def _build_cuda(case: Case) -> str | None:
    return case.framework.build.get("cuda_version") if case.framework else None


def _major(version: str | None) -> int | None:
    head = (version or "").split(".")[0]
    return int(head) if head.isascii() and head.isdecimal() else None


RULES: tuple[Rule, ...] = (
    driver_too_old,
    not_found,
    *(benign_lines(code) for code in _BENIGN),
)
