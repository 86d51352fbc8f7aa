"""Rules of packages that must fit each other: plug-ins, jaxlib, torch_xla, libtpu, NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, warning
from accelgui.diagnosis.seen import package_evidence, python_package, python_packages
from accelgui.diagnosis.versions import applies, major, numbers, requirement_name, satisfies
from accelgui.model.chain import Accelerator, Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Package

_PACKAGES = {"tensorflow": r"(?:intel-)?tensorflow(?:-cpu)?", "pytorch": "torch", "jax": "jaxlib"}


def plugin_mismatch(case: Case) -> Finding | None:
    """JAX leaves a plug-in out whose version is not that of jaxlib."""
    jaxlib = python_package(case, "jaxlib")
    plugins = python_packages(case, r"jax-(?:cuda|rocm)\d+-(?:plugin|pjrt)")
    if case.framework is None or case.framework.name != "jax" or jaxlib is None:
        return None
    wrong = [p for p in plugins if numbers(p.version)[:3] != numbers(jaxlib.version)[:3]]
    if not wrong or case.proof is not None:
        return None
    return error(
        "plugin_version_mismatch",
        Link.FRAMEWORK_BUILD,
        *(package_evidence(package) for package in (*wrong[:2], jaxlib)),
        confidence=Confidence.LIKELY,
        plugin=f"{wrong[0].name} {wrong[0].version}",
        base=f"jaxlib {jaxlib.version}",
        version=jaxlib.version,
    )


def torch_xla_mismatch(case: Case) -> Finding | None:
    """torch_xla is built for exactly one release of torch."""
    torch, xla = python_package(case, "torch"), python_package(case, "torch-xla")
    if torch is None or xla is None or numbers(torch.version)[:2] == numbers(xla.version)[:2]:
        return None
    on_tpu = case.accelerator is Accelerator.TPU
    tell = error if on_tpu and case.proof is None else warning
    return tell(
        "torch_xla_version_mismatch",
        Link.FRAMEWORK_BUILD,
        package_evidence(torch),
        package_evidence(xla),
        confidence=Confidence.LIKELY,
        torch=torch.version,
        torch_xla=xla.version,
    )


def libtpu_mismatch(case: Case) -> Finding | None:
    """The framework's own metadata asks for another libtpu than the one installed."""
    libtpu = python_package(case, "libtpu") or python_package(case, "libtpu-nightly")
    if case.accelerator is not Accelerator.TPU or libtpu is None or case.proof is not None:
        return None
    for package in python_packages(case, r"jax|tensorflow-tpu|torch-xla"):
        for requirement in package.requires:
            if requirement_name(requirement) == libtpu.name and not satisfies(
                libtpu.version, requirement
            ):
                return error(
                    "libtpu_framework_version_mismatch",
                    Link.LIBTPU,
                    package_evidence(libtpu),
                    Evidence(f"{package.name} {package.version}", requirement),
                    confidence=Confidence.LIKELY,
                    found=libtpu.version,
                    requirement=requirement.partition(";")[0].strip(),
                )
    return None


def numpy_abi(case: Case) -> Finding | None:
    """NumPy 2 with a framework whose metadata, or age, asks for NumPy 1."""
    numpy = python_package(case, "numpy")
    if numpy is None or (major(numpy.version) or 0) < 2 or not _untried(case):
        return None
    asked = _requirement(case, "numpy")
    if asked is None or satisfies(numpy.version, asked[1]):
        return None
    return _dependency("numpy_abi_incompatible", numpy, *asked)


def protobuf(case: Case) -> Finding | None:
    """A protobuf outside of what the framework's metadata asks for."""
    installed, asked = python_package(case, "protobuf"), _requirement(case, "protobuf")
    if installed is None or asked is None or not _untried(case):
        return None
    if satisfies(installed.version, asked[1]):
        return None
    return _dependency("protobuf_incompatible", installed, *asked)


def _untried(case: Case) -> bool:
    # An import that was tried has told for itself whether it works.
    return case.framework is not None and case.framework.imported is None and not case.is_live


def _requirement(case: Case, name: str) -> tuple[Package, str] | None:
    framework = case.framework.name if case.framework else ""
    python = case.snapshot.python
    version = python.version if python else None
    for package in python_packages(case, _PACKAGES.get(framework, "-")):
        for requirement in package.requires:
            if requirement_name(requirement) == name and applies(requirement, version):
                return package, requirement.partition(";")[0].strip()
    return None


def _dependency(code: str, installed: Package, package: Package, requirement: str) -> Finding:
    return error(
        code,
        Link.FRAMEWORK_BUILD,
        package_evidence(installed),
        Evidence(f"{package.name} {package.version}", requirement),
        confidence=Confidence.LIKELY,
    )


RULES: tuple[Rule, ...] = (
    plugin_mismatch,
    torch_xla_mismatch,
    libtpu_mismatch,
    numpy_abi,
    protobuf,
)
