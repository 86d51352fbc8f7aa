"""How a run ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional


class RunStatus(str, Enum):
    """The ways in which a run can end, told apart."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    KILLED = "killed"
    NOT_STARTED = "not_started"
    NO_ANSWER = "no_answer"


class FailureKind(str, Enum):
    """Why a run failed: what a person did, what the environment lacks, or our defect."""

    INPUT = "input"
    ENVIRONMENT = "environment"
    DEFECT = "defect"


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended. `message` is the framework's or the system's own, in its own words."""

    status: RunStatus
    elapsed_s: float
    exit_code: Optional[int] = None
    signal: Optional[int] = None
    message: Optional[str] = None
    failure: Optional[FailureKind] = None
    log_path: Optional[str] = None
