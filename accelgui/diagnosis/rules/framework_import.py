"""Rules of a framework that is absent, or that cannot even be imported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, warning
from accelgui.diagnosis.rules.framework_build import withdrawn_package
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.diagnosis.seen import facts
from accelgui.diagnosis.versions import numbers
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

# What the import's own words say of a dependency, most specific first.
_IMPORT_CAUSES = {
    "numpy_abi_incompatible": (
        r"_ARRAY_API not found|numpy\.dtype size changed|numpy\.core\.multiarray failed to import"
        r"|compiled using NumPy 1\.x cannot be run|module compiled against (?:API|ABI) version"
    ),
    "protobuf_incompatible": (
        r"Descriptors cannot (?:not )?be created directly"
        r"|cannot import name '\w+' from 'google\.protobuf"
        r"|google\.protobuf\.runtime_version\.VersionError|incompatible Protobuf Gencode"
        r"|'MessageFactory' object has no attribute 'GetPrototype'"
    ),
    "static_tls_exhausted": r"cannot allocate memory in static TLS block",
    "cpu_lacks_avx": (
        r"SIGILL|killed by signal 4\b|[Ii]llegal instruction"
        r"|compiled to use (?:AVX|SSE)\S* instructions"
    ),
}
_KILLED = re.compile(r"killed by (?:signal )?(?P<signal>SIG[A-Z]+|\d+)|\b(?P<name>SIG[A-Z]{3,})")
_SHOWN_CHARACTERS = 400

# The newest Python with wheels of the current release, late in 2026: release notes of TensorFlow
# 2.20 and 2.21, pytorch/pytorch issue 184352 (release 2.15), jax-ml/jax pull request 39946
# (0.11.1). There is no oldest one: for an older Python pip finds an older release.
_NEWEST_PYTHONS = {"tensorflow": (3, 13), "pytorch": (3, 15), "jax": (3, 15)}


def not_installed(case: Case) -> Finding | None:
    """The examined Python does not have the framework."""
    framework = case.framework
    if framework is None or framework.installed is not False:
        return None
    if withdrawn_package(case) is not None:
        return None
    python = case.snapshot.python
    source = python.executable if python else "python"
    text = f"no module named {'torch' if framework.name == 'pytorch' else framework.name}"
    return error("framework_not_installed", Link.FRAMEWORK_BUILD, Evidence(source, text))


def no_wheel(case: Case) -> Finding | None:
    """This Python is newer than any with wheels of the framework, so that pip finds none."""
    framework, python = case.framework, case.snapshot.python
    if framework is None or framework.installed is not False or python is None:
        return None
    newest = _NEWEST_PYTHONS.get(framework.name)
    version = numbers(python.version)[:2]
    if newest is None or version <= newest:
        return None
    return warning(
        "no_wheel_for_python_version",
        Link.FRAMEWORK_BUILD,
        Evidence(python.executable, f"Python {python.version}"),
        confidence=Confidence.POSSIBLE,
        newest=".".join(map(str, newest)),
    )


def lacks_avx(case: Case) -> Finding | None:
    """The CPU does not offer AVX, with which TensorFlow's wheels are built since 1.6."""
    framework = case.framework
    if framework is None or framework.name != "tensorflow" or framework.imported is not None:
        return None
    if framework.installed is not True or case.is_live:
        return None
    for _device, fact in facts(case, "instruction_sets"):
        told = str(fact.value)
        if told and not re.search(r"(?i)avx|neon|asimd|sve", told):
            evidence = Evidence(fact.source, told)
            return error(
                "cpu_lacks_avx", Link.FRAMEWORK_BUILD, evidence, confidence=Confidence.LIKELY
            )
    return None


def under_rosetta(case: Case) -> Finding | None:
    """An x86 Python on a Mac with Apple's chip, whose translator knows no AVX."""
    host, python = case.host, case.snapshot.python
    if host.system != "Darwin" or python is None or python.machine != "x86_64":
        return None
    if host.machine != "arm64" and not host.is_translated:
        return None
    evidence = Evidence(python.executable, "built for x86_64, runs on arm64")
    tell = warning if case.cpu_works else error
    return tell("x86_python_under_rosetta", Link.FRAMEWORK_BUILD, evidence)


def import_fails(case: Case) -> Finding | None:
    """The import raised or crashed; its words may name the dependency that is to blame."""
    framework = case.framework
    if framework is None or framework.imported is not False or framework.installed is False:
        return None
    if framework.timed_out:
        return None
    for code, pattern in _IMPORT_CAUSES.items():
        if match := first_match(case, pattern):
            return error(code, Link.FRAMEWORK_BUILD, match.evidence)
    message = framework.import_error or ""
    killed = _KILLED.search(message)
    last = message.strip().splitlines()[-1:] or [""]
    shown = last[0][:_SHOWN_CHARACTERS]
    return error(
        "framework_import_fails",
        Link.FRAMEWORK_BUILD,
        Evidence(f"import {framework.name}", shown or "no message"),
        message=shown,
        signal=(killed["signal"] or killed["name"]) if killed else "",
    )


def timed_out(case: Case) -> Finding | None:
    """The framework was asked and did not answer."""
    framework = case.framework
    if framework is None or not framework.timed_out:
        return None
    source = framework.name
    if framework.imported is not True:
        link, source = Link.FRAMEWORK_BUILD, f"import {framework.name}"
    else:
        link = Link.OPERATION_RUNS if framework.devices else Link.FRAMEWORK_LISTS
    text = framework.import_error or "no answer"
    return error(
        "probe_timed_out",
        link,
        Evidence(source, text[:_SHOWN_CHARACTERS]),
        what=framework.name,
    )


RULES: tuple[Rule, ...] = (
    under_rosetta,
    not_installed,
    no_wheel,
    lacks_avx,
    import_fails,
    timed_out,
)
