"""From a snapshot to a verdict: the chain, the first broken link, what else is worth knowing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.diagnosis.case import Case
from accelgui.diagnosis.links import ASIDE, judge_chain
from accelgui.diagnosis.place import with_place
from accelgui.diagnosis.rules import INDEPENDENT_CODES, RULES
from accelgui.model.chain import LinkStatus
from accelgui.model.finding import Confidence, Severity, Verdict, VerdictStatus

if TYPE_CHECKING:
    from accelgui.model.chain import Link, LinkState
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Snapshot

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_CONFIDENCES = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)


def examine(snapshot: Snapshot, framework: str | None = None) -> Verdict:
    """Judge a snapshot, at whatever stage of looking it is.

    `framework` is the one in question; None takes the one that says most. What was not looked at
    yet is LinkStatus.UNKNOWN. An accelerator that is merely listed does not count: ACCELERATED
    needs an operation that ran on it and came back right.
    """
    case = Case(snapshot, framework)
    found = [finding for rule in RULES if (finding := rule(case)) is not None]
    if case.proof is not None:
        found = [_harmless_after_all(finding) for finding in found]
    chain = judge_chain(case, found)
    if case.has_accelerator:
        found = _without_consequences(found, chain)
    findings = _in_order(found, chain)
    return Verdict(
        status=_status(case, findings),
        accelerator=case.accelerator,
        chain=chain,
        findings=tuple(with_place(finding, case) for finding in findings),
        framework=case.framework.name if case.framework else framework,
        device=case.proof.device if case.proof else None,
        cpu_works=case.cpu_works,
    )


def _status(case: Case, findings: list[Finding]) -> VerdictStatus:
    if case.proof is not None:
        troubled = any(finding.severity is not Severity.INFO for finding in findings)
        return VerdictStatus.DEGRADED if troubled else VerdictStatus.ACCELERATED
    return VerdictStatus.NOT_ACCELERATED if case.has_accelerator else VerdictStatus.NO_ACCELERATOR


def _harmless_after_all(finding: Finding) -> Finding:
    """An accelerator that computes right has no broken link, whatever looked like one."""
    if finding.severity is Severity.ERROR and finding.code not in INDEPENDENT_CODES:
        return replace(finding, severity=Severity.WARNING)
    return finding


def _without_consequences(found: list[Finding], chain: tuple[LinkState, ...]) -> list[Finding]:
    """Drop the errors of links behind the first broken one, but for those with causes of their own.

    A CPU-only build stays a cause when the driver is missing too; a failed cuInit does not.
    """
    order = [state.link for state in chain if state.link not in ASIDE]
    broken = next(
        (s.link for s in chain if s.status is LinkStatus.BROKEN and s.link in order), None
    )
    if broken is None:
        return found
    return [
        finding
        for finding in found
        if finding.severity is not Severity.ERROR
        or finding.code in INDEPENDENT_CODES
        or finding.link not in order
        or order.index(finding.link) <= order.index(broken)
    ]


def _in_order(found: list[Finding], chain: tuple[LinkState, ...]) -> list[Finding]:
    """Put errors before warnings before information, each along the chain, the surest first."""
    order = [state.link for state in chain if state.link not in ASIDE]
    return sorted(
        found,
        key=lambda finding: (
            _SEVERITIES.index(finding.severity),
            _position(finding.link, order),
            _CONFIDENCES.index(finding.confidence),
        ),
    )


def _position(link: Link, order: list[Link]) -> int:
    return order.index(link) if link in order else len(order)
