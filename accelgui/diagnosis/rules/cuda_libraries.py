"""Rules of the CUDA and cuDNN libraries that a framework loads.

What is missing is only ever named by the framework itself, in its log or in the import's error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, info, warning
from accelgui.diagnosis.rules.log_lines import LogMatch, first_match, matches
from accelgui.diagnosis.versions import differ
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Library

_LIBRARY = r"(?P<library>(?:lib)?[\w+.-]+?\.(?:so(?:\.[\d.]*\d)?|dll))"
_NOT_LOADED = (
    rf"(?i)could not (?:load|dlopen)(?: dynamic)? library '{_LIBRARY}'"
    rf"|(?P<opened>lib[\w+-]+\.so(?:\.[\d.]*\d)?): cannot open shared object file"
)
_CUDNN = (
    r"(?i)loaded runtime cudnn library: (?P<found>[\d.]+)"
    r" but source was compiled with: (?P<built>[\d.]+)"
    r"|CUDNN_STATUS_VERSION_MISMATCH|cudnn version incompatibility"
)
_SOME = r"Cannot dlopen some GPU libraries"
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
    if case.proof is None and (closer := _closer_cause(case, names, evidence)):
        return closer
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


def cudnn_mismatch(case: Case) -> Finding | None:
    """The framework says that the cuDNN it loaded is not the one it was built with."""
    match = first_match(case, _CUDNN)
    if match is None or case.proof is not None:
        return None
    return error(
        "cudnn_version_mismatch",
        Link.CUDA_LIBRARIES,
        match.evidence,
        *(Evidence("loaded", lib.path) for lib in _loaded(case, "libcudnn.so")[:1]),
        found=match.groups.get("found", ""),
        needed=match.groups.get("built", ""),
    )


def shadowed(case: Case) -> Finding | None:
    """LD_LIBRARY_PATH puts another version before the one that the framework brings."""
    for chosen in case.libraries("lib"):
        if chosen.origin != "LD_LIBRARY_PATH" or not case.has_nvidia:
            continue
        own = next(
            (
                library
                for library in case.libraries(chosen.name)
                if library.name == chosen.name and library.origin == "python"
            ),
            None,
        )
        if own is None or not differ(own.version, chosen.version):
            continue
        is_loaded = any(library.path == chosen.path for library in _loaded(case, chosen.name))
        if _loaded(case, chosen.name) and not is_loaded:
            continue
        tell = warning if case.proof else error
        return tell(
            "library_path_shadows_bundled_cuda",
            Link.CUDA_LIBRARIES,
            Evidence("LD_LIBRARY_PATH", f"{chosen.path} {chosen.version}"),
            Evidence("in this Python", f"{own.path} {own.version}"),
            confidence=Confidence.CERTAIN if is_loaded else Confidence.LIKELY,
            library=chosen.name,
            path=chosen.path,
            folder=chosen.path.rpartition("/")[0],
        )
    return None


def _closer_cause(case: Case, names: list[str], evidence: list[Evidence]) -> Finding | None:
    """Return why the named libraries are missing, where what is here tells more than that."""
    if not names or _lying_about(case, names):
        return None
    by_name = {name: _of_other_major(case, name) for name in names}
    others = [library for found in by_name.values() for library in found]
    # One left-over among many missing libraries explains nothing.
    if 2 * sum(bool(found) for found in by_name.values()) >= len(names):
        is_cudnn = all(name.startswith("libcudnn") for name in names)
        return error(
            "cudnn_version_mismatch" if is_cudnn else "built_for_other_cuda_major",
            Link.CUDA_LIBRARIES,
            *evidence,
            *(Evidence("library", library.path) for library in others[:3]),
            confidence=Confidence.LIKELY,
            libraries=", ".join(names),
            found=", ".join(dict.fromkeys(library.name for library in others)),
            needed=", ".join(names),
        )
    siblings = [lib for lib in _loaded(case, "libcu") if not lib.name.startswith("libcuda.so")]
    if not siblings:
        return None
    return error(
        "cuda_toolkit_incomplete",
        Link.CUDA_LIBRARIES,
        *evidence,
        *(Evidence("loaded", library.path) for library in siblings[:2]),
        libraries=", ".join(names),
    )


def _of_other_major(case: Case, name: str) -> list[Library]:
    stem, _dot, wanted = name.partition(".so.")
    return [
        library
        for library in case.libraries(f"{stem}.so")
        if wanted and differ(library.name.partition(".so.")[2] or library.version, wanted)
    ]


def _loaded(case: Case, name: str) -> list[Library]:
    loaded = case.framework.loaded if case.framework else ()
    return [library for library in loaded if library.name.startswith(name)]


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


RULES: tuple[Rule, ...] = (
    cudnn_mismatch,
    not_found,
    shadowed,
    *(benign_lines(code) for code in _BENIGN),
)
