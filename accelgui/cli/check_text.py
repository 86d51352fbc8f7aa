"""A check as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.cli.console import Role
from accelgui.cli.layout import columns, padded
from accelgui.model.chain import LinkStatus
from accelgui.model.finding import Confidence, Severity, VerdictStatus
from accelgui.words import _, joining
from accelgui.words.chain import is_absent, link_name, state_name
from accelgui.words.facts import fact_value
from accelgui.words.findings import confidence_name, describe, severity_name
from accelgui.words.verdicts import sentence

if TYPE_CHECKING:
    from accelgui.cli.console import Console
    from accelgui.model.device import Device
    from accelgui.model.finding import Finding, Verdict
    from accelgui.model.snapshot import Snapshot

_LINK_MARKS = {
    LinkStatus.PASSED: ("✓", "+", Role.GOOD),
    LinkStatus.BROKEN: ("✗", "x", Role.BAD),
    LinkStatus.NOT_REACHED: ("·", ".", Role.QUIET),
    LinkStatus.UNKNOWN: ("?", "?", Role.QUIET),
}
_SEVERITY_MARKS = {
    Severity.ERROR: ("✗", "x", Role.BAD),
    Severity.WARNING: ("!", "!", Role.WARNING),
    Severity.INFO: ("·", ".", Role.QUIET),
}
_VERDICT_MARKS = {
    VerdictStatus.ACCELERATED: ("✓", "+", Role.GOOD),
    VerdictStatus.DEGRADED: ("!", "!", Role.WARNING),
    VerdictStatus.NOT_ACCELERATED: ("✗", "x", Role.BAD),
    VerdictStatus.NO_ACCELERATOR: ("·", ".", Role.QUIET),
}
_TOLD_OF_DEVICES = (
    "memory_total_bytes",
    "cores_physical_count",
    "compute_capability",
    "driver_version",
    "generation",
)

_Marks = tuple[str, str, Role]


def write_check(console: Console, verdict: Verdict, snapshot: Snapshot) -> None:
    """Write verdict, chain, devices and findings."""
    mark = _mark(console, _verdict_marks(verdict))
    console.paragraph(sentence(verdict, snapshot), indent="  ", first=f"{mark} ")
    _write_chain(console, verdict)
    if snapshot.machine and snapshot.machine.devices:
        _heading(console, _("Devices"))
        for device in snapshot.machine.devices:
            _write_device(console, device)
    if verdict.findings:
        _heading(console, _("Findings"))
        for number, finding in enumerate(verdict.findings):
            if number:
                console.line()
            write_finding(console, finding)


def write_finding_text(console: Console, finding: Finding) -> None:
    """Write cause and remedies of a finding, without its title."""
    text = describe(finding)
    console.paragraph(text.cause, indent="    ")
    for remedy in text.remedies:
        console.paragraph(remedy.text, indent="      ", first="    → ")
        if remedy.command:
            # Never wrapped: it is there to be copied.
            console.line(f"        {console.coloured(remedy.command, Role.STRONG)}")


def _write_chain(console: Console, verdict: Verdict) -> None:
    _heading(console, _("Acceleration chain"))
    names = [link_name(state.link, verdict.accelerator) for state in verdict.chain]
    width = max(columns(name) for name in names)
    for state, name in zip(verdict.chain, names, strict=True):
        shown = LinkStatus.NOT_REACHED if is_absent(state, verdict) else state.status
        mark = _mark(console, _LINK_MARKS[shown])
        status = state_name(state, verdict)
        detail = f" ({state.detail})" if state.detail else ""
        console.paragraph(
            f"{status}{detail}", indent=" " * (width + 6), first=f"  {mark} {padded(name, width)}  "
        )


def _write_device(console: Console, device: Device) -> None:
    facts = {fact.name: fact for fact in device.facts if fact.value is not None}
    told = [_short(name, fact_value(facts[name])) for name in _TOLD_OF_DEVICES if name in facts]
    console.paragraph(
        joining.clauses([device.name, *told]), indent=" " * 10, first=f"  {device.key:<8}"
    )


def _short(name: str, value: str) -> str:
    words = {
        "memory_total_bytes": _("{value} memory"),
        "cores_physical_count": _("{value} cores"),
        "compute_capability": _("compute capability {value}"),
        "driver_version": _("driver {value}"),
        "generation": _("generation {value}"),
    }
    return words[name].format(value=value)


def write_finding(console: Console, finding: Finding) -> None:
    """Write a finding: how much it matters, what shows it, why, and what to do."""
    mark = _mark(console, _SEVERITY_MARKS[finding.severity])
    title = joining.labelled(severity_name(finding), describe(finding).title)
    if finding.confidence is not Confidence.CERTAIN:
        title = joining.remarked(title, confidence_name(finding))
    console.paragraph(title, indent="    ", first=f"  {mark} ")
    for evidence in finding.evidence:
        line = f":{evidence.line}" if evidence.line is not None else ""
        text = console.marks(f"{evidence.source}{line}: {evidence.text}", evidence.text)
        console.paragraph(text, indent="      ", first="    | ")
    write_finding_text(console, finding)


def _verdict_marks(verdict: Verdict) -> _Marks:
    states = {state.status for state in verdict.chain}
    if verdict.device is None and LinkStatus.BROKEN not in states:
        return _LINK_MARKS[LinkStatus.UNKNOWN]
    return _VERDICT_MARKS[verdict.status]


def _heading(console: Console, text: str) -> None:
    console.line()
    console.line(console.coloured(text, Role.STRONG))


def _mark(console: Console, marks: _Marks) -> str:
    text, plain, role = marks
    return console.coloured(console.marks(text, plain), role)
