"""The JSON documents that commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from accelgui.model import SCHEMA
from accelgui.model.wire import to_json
from accelgui.words.findings import describe
from accelgui.words.verdicts import sentence

if TYPE_CHECKING:
    from accelgui.model.finding import Finding, Verdict
    from accelgui.model.snapshot import Snapshot


def check_document(verdict: Verdict, snapshot: Snapshot) -> dict[str, Any]:
    """Return what `check --json` prints."""
    return {
        "schema": SCHEMA,
        "verdict": {
            "status": verdict.status.value,
            "text": sentence(verdict, snapshot),
            "accelerator": verdict.accelerator.value,
            "framework": verdict.framework,
            "device": verdict.device,
            "cpu_works": verdict.cpu_works,
        },
        "chain": to_json(verdict.chain),
        "devices": to_json(snapshot.machine.devices if snapshot.machine else ()),
        "findings": [finding_document(finding) for finding in verdict.findings],
        "snapshot": to_json(snapshot),
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """Return a finding with its words."""
    text = describe(finding)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "title": text.title,
        "cause": text.cause,
        "evidence": to_json(finding.evidence),
        "remedy": to_json(text.remedies),
        "link": finding.link.value,
        "confidence": finding.confidence.value,
        "parameters": finding.parameters,
    }


def as_text(document: dict[str, Any]) -> str:
    """Return a document as the one thing on stdout."""
    return json.dumps(document, allow_nan=False, indent=2, ensure_ascii=False)
