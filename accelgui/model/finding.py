"""Findings: what is wrong, or worth knowing, and the verdict that they lead to.

A finding carries a code and parameters; its words are made at the edge (accelgui.words), so that
the window, the command line and reports say the same in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from accelgui.model.chain import Accelerator, Link, LinkState


class Severity(str, Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(str, Enum):
    """How sure a rule is of its cause."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Evidence:
    """Where something was read and what it said; line counts from 1 in files and logs."""

    source: str
    text: str
    line: Optional[int] = None


@dataclass(frozen=True)
class Finding:
    """One cause, with what showed it. `parameters` fill the texts of its code."""

    code: str
    severity: Severity
    link: Link
    confidence: Confidence = Confidence.CERTAIN
    evidence: tuple[Evidence, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)


class VerdictStatus(str, Enum):
    """The answer to "can this machine accelerate deep learning?"."""

    ACCELERATED = "accelerated"
    DEGRADED = "degraded"
    NOT_ACCELERATED = "not_accelerated"
    NO_ACCELERATOR = "no_accelerator"


@dataclass(frozen=True)
class Verdict:
    """The answer, the chain that led to it, and the findings, root cause first.

    `framework` is the framework that the answer is about, `device` what ran the proving
    operation (None when nothing ran), `cpu_works` whether that framework computes right on the
    CPU (None: not tried).
    """

    status: VerdictStatus
    accelerator: Accelerator
    chain: tuple[LinkState, ...]
    findings: tuple[Finding, ...] = ()
    framework: Optional[str] = None
    device: Optional[str] = None
    cpu_works: Optional[bool] = None
