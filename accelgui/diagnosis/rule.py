"""What a rule is, and short ways to say what it found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from accelgui.model.finding import Confidence, Evidence, Finding, Severity

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.model.chain import Link
    from accelgui.model.snapshot import CallResult, PciDevice

Rule = Callable[["Case"], "Finding | None"]


def error(
    code: str,
    link: Link,
    *evidence: Evidence,
    confidence: Confidence = Confidence.CERTAIN,
    **parameters: str,
) -> Finding:
    """Return a finding that breaks its link."""
    return Finding(code, Severity.ERROR, link, confidence, evidence, parameters)


def warning(
    code: str,
    link: Link,
    *evidence: Evidence,
    confidence: Confidence = Confidence.CERTAIN,
    **parameters: str,
) -> Finding:
    """Return a finding that leaves the link whole, but wants to be known."""
    return Finding(code, Severity.WARNING, link, confidence, evidence, parameters)


def info(
    code: str,
    link: Link,
    *evidence: Evidence,
    confidence: Confidence = Confidence.CERTAIN,
    **parameters: str,
) -> Finding:
    """Return a finding that is no trouble."""
    return Finding(code, Severity.INFO, link, confidence, evidence, parameters)


def call_evidence(answer: CallResult) -> Evidence:
    """Return what a driver library said: its name of the code, the code, its own words."""
    if answer.timed_out:
        return Evidence(answer.call, "no answer")
    said = [answer.name or "", f"({answer.code})" if answer.code is not None else ""]
    head = " ".join(part for part in said if part)
    return Evidence(answer.call, ": ".join(part for part in (head, answer.message or "") if part))


def pci_evidence(device: PciDevice) -> Evidence:
    """Return what the bus says of a device."""
    driver = device.driver or "none"
    return Evidence(
        f"/sys/bus/pci/devices/{device.address}",
        f"vendor {device.vendor_id} device {device.device_id} driver {driver}",
    )
