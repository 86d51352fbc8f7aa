"""The words of findings: title, cause and remedies, by code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.model.chain import Link
from accelgui.model.finding import Finding, Severity
from accelgui.words import joining
from accelgui.words.findings import (
    build,
    container,
    container_setup,
    convergence,
    device,
    driver,
    hosted_tpu,
    libraries,
    memory,
    nodes,
    noise,
    own_model,
    packages,
    requests,
    runtime,
    state,
    tpu,
    versions,
    workers,
)
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.frameworks import framework_name
from accelgui.words.translation import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accelgui.model.events import WorkFailed
    from accelgui.words.findings.text import Author

TEXTS: dict[str, Author] = {
    **device.TEXTS,
    **driver.TEXTS,
    **nodes.TEXTS,
    **container.TEXTS,
    **libraries.TEXTS,
    **build.TEXTS,
    **runtime.TEXTS,
    **tpu.TEXTS,
    **noise.TEXTS,
    **container_setup.TEXTS,
    **versions.TEXTS,
    **hosted_tpu.TEXTS,
    **state.TEXTS,
    **packages.TEXTS,
    **memory.TEXTS,
    **convergence.TEXTS,
    **own_model.TEXTS,
    **workers.TEXTS,
    **requests.TEXTS,
}

_SEVERITIES = {"error": N_("problem"), "warning": N_("warning"), "info": N_("note")}
_CONFIDENCES = {"certain": N_("certain"), "likely": N_("likely"), "possible": N_("possible")}


def describe(finding: Finding) -> FindingText:
    """Return the words of a finding in the current language."""
    return _text(finding.code, finding.parameters)


def title(code: str) -> str:
    """Return what a cause is called where nothing but its code is known."""
    return _text(code, {}).title


def _text(code: str, parameters: Mapping[str, str]) -> FindingText:
    author = TEXTS.get(code)
    if author is None:
        # A document of a newer accelgui may hold codes that this one does not know.
        readable = code.replace("_", " ").capitalize()
        return FindingText(readable, _("This version of accelgui knows no more about it."))
    return _begun_with_capitals(author(parameters))


def of_failure(failed: WorkFailed, parameters: Mapping[str, str]) -> Finding | None:
    """Return what some work failed with, None where that is no cause that has words."""
    if failed.code not in TEXTS:
        return None
    known = {**parameters, **failed.parameters}
    return Finding(failed.code, Severity.ERROR, Link.OPERATION_RUNS, parameters=known)


def cause_text(failed: WorkFailed) -> str:
    """Say in sentences what some work failed with and what to do, "" where that has no words."""
    finding = of_failure(failed, {})
    if finding is None:
        return ""
    text = describe(finding)
    remedies = [remedy.text for remedy in text.remedies]
    return joining.sentences([joining.full_stop(text.title), text.cause, *remedies])


def _begun_with_capitals(text: FindingText) -> FindingText:
    """Let "the framework" begin a sentence with a capital; names stay as they are written."""
    name = framework_name("unknown")

    def begun(said: str) -> str:
        return re.sub(rf"(?:^|(?<=[.:] )){re.escape(name)}", name[:1].upper() + name[1:], said)

    remedies = tuple(Remedy(begun(remedy.text), remedy.command) for remedy in text.remedies)
    return FindingText(begun(text.title), begun(text.cause), remedies)


def severity_name(finding: Finding) -> str:
    """Return how much the finding matters, as one word."""
    return _(_SEVERITIES[finding.severity.value])


def confidence_name(finding: Finding) -> str:
    """Return how sure it is, as one word."""
    return _(_CONFIDENCES[finding.confidence.value])


__all__ = [
    "TEXTS",
    "FindingText",
    "Remedy",
    "cause_text",
    "confidence_name",
    "describe",
    "of_failure",
    "severity_name",
]
