"""Rules of a framework that is absent, or that cannot even be imported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.model.chain import Link
from accelgui.model.finding import Evidence

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


def not_installed(case: Case) -> Finding | None:
    """The examined Python does not have the framework."""
    framework = case.framework
    if framework is None or framework.installed is not False:
        return None
    python = case.snapshot.python
    source = python.executable if python else "python"
    text = f"no module named {'torch' if framework.name == 'pytorch' else framework.name}"
    return error("framework_not_installed", Link.FRAMEWORK_BUILD, Evidence(source, text))


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
    if framework.imported is not True:
        link = Link.FRAMEWORK_BUILD
    else:
        link = Link.OPERATION_RUNS if framework.devices else Link.FRAMEWORK_LISTS
    text = framework.import_error or "no answer"
    return error(
        "probe_timed_out",
        link,
        Evidence(framework.name, text[:_SHOWN_CHARACTERS]),
        what=framework.name,
    )


RULES: tuple[Rule, ...] = (not_installed, import_fails, timed_out)
