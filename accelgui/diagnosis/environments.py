"""One environment judged framework by framework: which accelerates, which does not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from accelgui.diagnosis.examination import examine
from accelgui.diagnosis.operations import is_proof
from accelgui.model.finding import Finding, Severity
from accelgui.model.requests import FRAMEWORKS

if TYPE_CHECKING:
    from accelgui.model.snapshot import Framework, Snapshot


class CellStatus(Enum):
    """How a framework stands in an environment."""

    UNKNOWN = "unknown"
    ABSENT = "absent"
    ACCELERATES = "accelerates"
    CPU_ONLY = "cpu_only"
    BROKEN = "broken"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class Cell:
    """One framework in one environment; `finding` says why it does not accelerate."""

    framework: str
    status: CellStatus
    version: str | None = None
    device: str | None = None
    finding: Finding | None = None


def cells(snapshot: Snapshot) -> tuple[Cell, ...]:
    """Return a cell for each framework that accelgui knows, in its order."""
    seen = {framework.name: framework for framework in snapshot.frameworks}
    return tuple(_cell(snapshot, name, seen.get(name)) for name in FRAMEWORKS)


def _cell(snapshot: Snapshot, name: str, framework: Framework | None) -> Cell:
    if framework is None or framework.installed is None:
        return Cell(name, CellStatus.UNKNOWN)
    if framework.installed is False:
        return Cell(name, CellStatus.ABSENT)
    verdict = examine(snapshot, name)
    if verdict.device is not None:
        return Cell(name, CellStatus.ACCELERATES, framework.version, verdict.device)
    why = next((f for f in verdict.findings if f.severity is Severity.ERROR), None)
    why = why or next(iter(verdict.findings), None)
    return Cell(name, _status(framework), framework.version, finding=why)


def _status(framework: Framework) -> CellStatus:
    if framework.timed_out:
        return CellStatus.NO_ANSWER
    if framework.imported is False:
        return CellStatus.BROKEN
    on_cpu = [o for o in framework.operations if o.device == "cpu"]
    if any(is_proof(operation) for operation in on_cpu):
        return CellStatus.CPU_ONLY
    return CellStatus.BROKEN if on_cpu else CellStatus.UNKNOWN
