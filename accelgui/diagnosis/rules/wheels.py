"""Rules of the CUDA wheels in the examined Python, judged by names and versions.

A framework's metadata says which wheels it was built for. Where the framework itself was asked,
its own words count (cuda_libraries.py) and these are warnings at most.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from accelgui.diagnosis.rule import error, warning
from accelgui.diagnosis.rules.framework_build import withdrawn_package
from accelgui.diagnosis.rules.framework_import import lacks_avx
from accelgui.diagnosis.seen import package_evidence, python_package, python_packages
from accelgui.diagnosis.versions import major, numbers, requirement_name, satisfies
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Package

# These carry the version of the CUDA toolkit itself; others count for themselves.
_TOOLKIT_WHEELS = r"nvidia-(?:cuda-runtime|cuda-nvrtc|cuda-cupti|nvjitlink)(?P<cuda>-cu\d+)?"
_FRAMEWORK_PACKAGES = {
    "tensorflow": r"(?:intel-)?tensorflow|tf-nightly",
    "pytorch": r"torch",
    "jax": r"jax-cuda\d+-plugin|jax-cuda\d+-pjrt|jaxlib",
}
# CUDA and cuDNN with which TensorFlow's wheels were built, from its tested configurations.
_TENSORFLOW_BUILDS = (
    ((2, 18), 12, 9),
    ((2, 15), 12, 8),
    ((2, 5), 11, 8),
    ((2, 4), 11, 8),
    ((2, 1), 10, 7),
)


class Needed(NamedTuple):
    """Majors of CUDA and cuDNN that a build loads; None where it does not say."""

    cuda: int | None
    cudnn: int | None


def mixed(case: Case) -> Finding | None:
    """Wheels of one CUDA toolkit come from different minor versions of it."""
    wheels = python_packages(case, _TOOLKIT_WHEELS)
    by_cuda: dict[str, dict[tuple[int, ...], Package]] = {}
    for wheel in wheels:
        match = re.fullmatch(_TOOLKIT_WHEELS, wheel.name)
        cuda = (match["cuda"] if match else None) or "-cu"
        by_cuda.setdefault(cuda, {})[numbers(wheel.version)[:2]] = wheel
    for versions in by_cuda.values():
        if len(versions) > 1:
            evidence = [package_evidence(wheel) for wheel in versions.values()]
            return warning(
                "mixed_cuda_wheel_versions",
                Link.CUDA_LIBRARIES,
                *evidence,
                confidence=Confidence.LIKELY,
                packages=", ".join(f"{w.name} {w.version}" for w in versions.values()),
            )
    wrong = _unmet(case)
    if not wrong:
        return None
    return warning(
        "mixed_cuda_wheel_versions",
        Link.CUDA_LIBRARIES,
        *(Evidence(requirement, f"{p.name} {p.version}") for p, requirement in wrong[:4]),
        confidence=Confidence.LIKELY,
        packages=", ".join(f"{p.name} {p.version}" for p, _requirement in wrong),
    )


def cudnn_mismatch(case: Case) -> Finding | None:
    """The cuDNN that is here is of another major version than the build loads."""
    wheel = next(iter(python_packages(case, r"nvidia-cudnn(?:-cu\d+)?")), None)
    wanted = needed(case).cudnn
    found = {wheel.version: package_evidence(wheel)} if wheel else _system_cudnn(case)
    if not found or wanted is None or {major(version) for version in found} & {wanted, None}:
        return None
    if not _may_break(case) or other_major(case) is not None:
        return None
    return error(
        "cudnn_version_mismatch",
        Link.CUDA_LIBRARIES,
        *found.values(),
        Evidence("cuDNN of the build", str(wanted)),
        confidence=Confidence.LIKELY,
        found=next(iter(found)),
        needed=str(wanted),
    )


def _system_cudnn(case: Case) -> dict[str, Evidence]:
    """Return the versions of cuDNN that the loader finds, each with where it is."""
    return {
        library.version: Evidence("library", library.path)
        for library in case.libraries("libcudnn.so")
        if library.version and not _bundles(case)
    }


def other_major(case: Case) -> Finding | None:
    """What is installed is of another major version of CUDA than the build loads."""
    wanted = needed(case).cuda
    if wanted is None or not _may_break(case):
        return None
    found = {_cuda_of(case, name, path): path for name, path in _runtimes(case)}
    found.pop(None, None)
    if not found or wanted in found:
        return None
    return error(
        "built_for_other_cuda_major",
        Link.CUDA_LIBRARIES,
        *(Evidence("CUDA run-time library", path) for path in found.values()),
        Evidence("CUDA of the build", str(wanted)),
        confidence=Confidence.LIKELY,
        found=", ".join(map(str, sorted(version for version in found if version))),
        needed=str(wanted),
    )


def absent(case: Case) -> Finding | None:
    """None of the libraries that the build loads is to be found anywhere."""
    framework, wanted = case.framework, needed(case)
    if framework is None or wanted.cuda is None or not _may_break(case):
        return None
    if _runtimes(case) or case.libraries("libcudnn") or _bundles(case):
        return None
    source = f"{framework.distribution or framework.name} {framework.version or ''}".strip()
    return error(
        "cuda_library_not_found",
        Link.CUDA_LIBRARIES,
        Evidence(source, f"built for CUDA {wanted.cuda}"),
        Evidence("libcudart", "neither in this Python nor where the loader looks"),
        confidence=Confidence.LIKELY,
        libraries="libcudart, libcublas, libcudnn",
    )


def incomplete(case: Case) -> Finding | None:
    """Some of the wheels that the framework asks for are here, others are not."""
    if not _may_break(case) or _bundles(case):
        return None
    package, wanted = _requirements(case)
    here = [name for name in wanted if python_package(case, name)]
    left_out = [name for name in wanted if name not in here and not _is_optional(name)]
    if package is None or not here or not left_out or other_major(case):
        return None
    if any(_on_loader_path(case, name) for name in left_out):
        return None
    return error(
        "cuda_toolkit_incomplete",
        Link.CUDA_LIBRARIES,
        package_evidence(package),
        *(Evidence("not installed", name) for name in left_out[:6]),
        confidence=Confidence.LIKELY,
        libraries=", ".join(left_out),
    )


def out_of_reach(case: Case) -> Finding | None:
    """The right libraries are on the machine, where neither loader nor framework looks."""
    wanted = needed(case)
    if wanted.cuda is None or not _may_break(case) or _bundles(case) or other_major(case):
        return None
    runtimes = [lib for lib in case.libraries("libcudart.so") if major(lib.version) == wanted.cuda]
    wheels = python_packages(case, r"nvidia-cuda-runtime(?:-cu\d+)?")
    if not runtimes or wheels or any(lib.origin != "path" for lib in runtimes):
        return None
    folder = runtimes[0].path.rpartition("/")[0]
    return error(
        "cuda_libs_not_on_loader_path",
        Link.CUDA_LIBRARIES,
        *(Evidence("library", library.path) for library in runtimes[:3]),
        confidence=Confidence.LIKELY,
        libraries=runtimes[0].name,
        folders=folder,
    )


def needed(case: Case) -> Needed:
    """Return what the framework's build says that it loads, else what its version implies."""
    framework = case.framework
    if framework is None or framework.build.get("is_cuda_build", "").lower() == "false":
        return Needed(None, None)
    build = framework.build
    cuda, cudnn = major(build.get("cuda_version")), major(build.get("cudnn_version"))
    if framework.name == "jax":
        plugin = next(iter(python_packages(case, r"jax-cuda\d+-plugin")), None)
        digits = re.search(r"\d+", plugin.name) if plugin else None
        return Needed(int(digits[0]) if digits else cuda, cudnn)
    if framework.name == "tensorflow" and build.get("is_cuda_build", "").lower() == "true":
        version = numbers(framework.version)[:2]
        known = next((row for row in _TENSORFLOW_BUILDS if version >= row[0]), None)
        if known is not None and version:
            return Needed(cuda or known[1], cudnn or known[2])
    return Needed(cuda, cudnn)


def _may_break(case: Case) -> bool:
    """Say whether libraries can be what is wrong: nobody asked the framework, or it lists no GPU.

    What the framework itself says of its libraries is told elsewhere, and better.
    """
    framework = case.framework
    if framework is None or not case.has_nvidia or framework.installed is False:
        return False
    # Of a program that the processor cannot run, no library is ever asked for.
    if withdrawn_package(case) is not None or lacks_avx(case) is not None:
        return False
    return framework.imported is None and not case.is_live


def _runtimes(case: Case) -> list[tuple[str, str]]:
    found = [(lib.name, lib.path) for lib in case.libraries("libcudart.so")]
    wheels = python_packages(case, r"nvidia-cuda-runtime(?:-cu\d+)?")
    return [*found, *((wheel.name, f"{wheel.name} {wheel.version}") for wheel in wheels)]


def _cuda_of(case: Case, name: str, path: str) -> int | None:
    library = next((lib for lib in case.libraries(name) if lib.path == path), None)
    if library is not None:
        return major(library.name.partition(".so.")[2]) or major(library.version)
    return major(path.rpartition(" ")[2])


def _bundles(case: Case) -> bool:
    """PyTorch's own wheels and conda's packages bring CUDA inside."""
    framework = case.framework
    if framework is None or framework.name != "pytorch":
        return False
    package, wanted = _requirements(case)
    return package is None or not wanted


def _requirements(case: Case) -> tuple[Package | None, list[str]]:
    """Return the framework's package and the names of the CUDA wheels that it asks for."""
    name = case.framework.name if case.framework else ""
    for package in python_packages(case, _FRAMEWORK_PACKAGES.get(name, "-")):
        names = [requirement_name(requirement) for requirement in package.requires]
        if wanted := [found for found in names if found.startswith("nvidia-")]:
            return package, list(dict.fromkeys(wanted))
    return None, []


def _unmet(case: Case) -> list[tuple[Package, str]]:
    name = case.framework.name if case.framework else ""
    return [
        (installed, requirement)
        for package in python_packages(case, _FRAMEWORK_PACKAGES.get(name, "-"))
        for requirement in package.requires
        if requirement_name(requirement).startswith("nvidia-")
        and (installed := python_package(case, requirement_name(requirement)))
        and not satisfies(installed.version, requirement)
    ]


def _is_optional(name: str) -> bool:
    # Tools, and what only some operations or several GPUs need.
    return any(part in name for part in ("nvcc", "cupti", "nvtx", "cufile", "nvshmem", "sparselt"))


def _on_loader_path(case: Case, wheel: str) -> bool:
    stem = re.sub(r"^nvidia-|-cu\d+$", "", wheel).replace("cuda-runtime", "cudart")
    stem = stem.replace("cuda-", "").replace("-", "")
    names = (f"lib{stem}.so", f"lib{stem.replace('nvjitlink', 'nvJitLink')}.so")
    return any(lib.origin != "path" for name in names for lib in case.libraries(name))


RULES: tuple[Rule, ...] = (
    mixed,
    cudnn_mismatch,
    other_major,
    absent,
    incomplete,
    out_of_reach,
)
