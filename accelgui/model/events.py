"""What an agent tells while it works: one JSON object a line, told apart by "event"."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Optional, Union

from accelgui.model import PROTOCOL
from accelgui.model.memory import LargestBatch, MemoryShortage
from accelgui.model.module import Module
from accelgui.model.outcome import FailureKind
from accelgui.model.precision_events import (
    DriftSeen,
    FingerprintSeen,
    PrecisionCost,
    PrecisionRowDone,
    PrecisionStarted,
    SoakProgress,
)
from accelgui.model.sample import DeviceProcess, Sample
from accelgui.model.snapshot import Framework, Machine, PythonContents, PythonFacts
from accelgui.model.wire import WireError, from_json, to_json


@dataclass(frozen=True)
class Hello:
    """The first event of every agent."""

    version: str
    pid: int
    python: PythonFacts
    protocol: int = PROTOCOL


@dataclass(frozen=True)
class Alive:
    """Nothing new, but the agent is there. Sent when nothing else was for a second."""


@dataclass(frozen=True)
class Progress:
    """How far the work has come. `what` is a code of the step that begins, e.g. "import"."""

    done: float
    total: float
    what: str
    remaining_s: Optional[float] = None


@dataclass(frozen=True)
class MachineSeen:
    """The machine as far as it has been looked at; a later one replaces an earlier one."""

    machine: Machine


@dataclass(frozen=True)
class FrameworkSeen:
    """A framework as far as it has been looked at; a later one replaces an earlier one."""

    framework: Framework


@dataclass(frozen=True)
class PythonSeen:
    """What a Python holds; below a sysroot also which Python that is."""

    contents: PythonContents
    python: Optional[PythonFacts] = None


@dataclass(frozen=True)
class ModuleSeen:
    """A further library as far as it has been looked at; a later one replaces an earlier one."""

    module: Module


@dataclass(frozen=True)
class SampleTaken:
    """Live values."""

    sample: Sample


@dataclass(frozen=True)
class ProcessesSeen:
    """Who uses the devices; a later one replaces an earlier one."""

    time_s: float
    processes: tuple[DeviceProcess, ...] = ()


@dataclass(frozen=True)
class XidSeen:
    """The NVIDIA driver reported a fault of a GPU by its number; 999 is one that it cannot name.

    NVIDIA's "Xid Errors" (docs.nvidia.com/deploy/xid-errors) lists them.
    """

    time_s: float
    device: str
    xid: int


@dataclass(frozen=True)
class TrainingStarted:
    """The network and data are ready; the first step follows.

    `replicas_count` is how many devices share each batch, on all `workers_count` machines or
    processes that were started apart; `worker_index` says which of those this one is. `device` is
    the first of this process.
    """

    framework: str
    framework_version: str
    device: str
    device_name: str
    model: str
    parameters_count: int
    batch_size: int
    epochs: int
    steps_per_epoch: int
    train_samples: int
    validation_samples: int
    time_s: float = 0.0
    strategy: str = "one"
    replicas_count: int = 1
    workers_count: int = 1
    worker_index: int = 0


@dataclass(frozen=True)
class TrainingProgress:
    """Means over the interval since the last one; `step` counts from the start of the run."""

    time_s: float
    step: int
    epoch: int
    loss: float
    accuracy: float
    samples_per_second: float
    learning_rate: Optional[float] = None


@dataclass(frozen=True)
class EpochDone:
    """An epoch has ended and was validated; epochs count from 1."""

    time_s: float
    epoch: int
    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True)
class TrainingDone:
    """The last word of a training run, also of a stopped one.

    `elapsed_s` counts from the first step; `samples_per_second` is of training alone, without
    the first compilation and without validation. `finite` is False where the loss became NaN or
    infinite. `expected_accuracy` is what a whole run like this one reaches in validation where the
    arithmetic is right; None where nobody knows: own data, few epochs, large batches.
    `guessing_loss` is the loss of guessing, None where nobody knows: a loss of one's own.
    """

    epochs: int
    steps: int
    loss: Optional[float]
    accuracy: Optional[float]
    validation_loss: Optional[float]
    validation_accuracy: Optional[float]
    samples_per_second: Optional[float]
    elapsed_s: float
    finite: bool = True
    stopped: bool = False
    expected_accuracy: Optional[float] = None
    guessing_loss: Optional[float] = math.log(10)
    # How many cores other programs kept busy meanwhile; None where nobody knows, or off the CPU.
    others_cores: Optional[float] = None


@dataclass(frozen=True)
class CheckpointDone:
    """The weights are in the file, or `problem` says in the system's words why they are not."""

    path: str
    size_bytes: Optional[int] = None
    problem: Optional[str] = None


@dataclass(frozen=True)
class LadderStarted:
    """The acceleration ladder is about to be climbed; `rungs` are the codes of all to come.

    `threads_count` is how many threads the CPU's work is done in where other programs are at work,
    None for as many as the framework takes.
    """

    framework: str
    framework_version: str
    device: str
    device_name: str
    model: str
    rungs: tuple[str, ...]
    threads_count: Optional[int] = None


# One busy program halves what threads do that wait for each other, and worse.
DISTURBING_CORES = 0.3


@dataclass(frozen=True)
class LadderRung:
    """What one rung came to.

    `samples_per_second` is the median of `measurements` intervals of about 0.1 s after warm-up,
    `low` and `high` their quartiles; None where this machine cannot do the rung: then `reason` is
    a code, and `message` the framework's words. `loss` is the validation loss after the first
    epoch, `loss_unchanged` whether it is that of the first rung, None where it cannot be compared.
    `is_kept` says whether the next rungs build on this one: one that only slows down is left out.
    `replicas_count` is how many devices shared each batch.
    """

    rung: str
    device: str
    batch_size: int
    execution: str
    precision: str
    samples_per_second: Optional[float] = None
    low: Optional[float] = None
    high: Optional[float] = None
    measurements: int = 0
    loss: Optional[float] = None
    loss_unchanged: Optional[bool] = None
    joules_per_1000_samples: Optional[float] = None
    is_kept: bool = False
    # How many cores other programs kept busy meanwhile, beyond those left to them from the start;
    # None where nobody knows.
    others_cores: Optional[float] = None
    reason: Optional[str] = None
    message: Optional[str] = None
    replicas_count: int = 1


@dataclass(frozen=True)
class WorkFailed:
    """The work ended by an error. `message` is one line for a person, in the framework's words."""

    kind: FailureKind
    message: str
    details: str = ""
    code: Optional[str] = None
    parameters: dict[str, str] = field(default_factory=dict)
    # Where an allocation failed.
    memory: Optional[MemoryShortage] = None


@dataclass(frozen=True)
class BatchTried:
    """A search for the largest batch that fits has tried one; `fits` is None while it does."""

    batch_size: int
    fits: Optional[bool] = None


@dataclass(frozen=True)
class BatchSearchDone:
    """The last word of such a search, also of a stopped one."""

    found: LargestBatch


@dataclass(frozen=True)
class WorkDone:
    """The last event of work that came to its end, stopped or not."""

    stopped: bool = False


Event = Union[
    Hello,
    Alive,
    Progress,
    MachineSeen,
    FrameworkSeen,
    PythonSeen,
    ModuleSeen,
    SampleTaken,
    ProcessesSeen,
    XidSeen,
    PrecisionStarted,
    PrecisionRowDone,
    FingerprintSeen,
    DriftSeen,
    SoakProgress,
    PrecisionCost,
    TrainingStarted,
    TrainingProgress,
    EpochDone,
    TrainingDone,
    CheckpointDone,
    LadderStarted,
    LadderRung,
    BatchTried,
    BatchSearchDone,
    WorkFailed,
    WorkDone,
]

_TYPES: dict[str, type] = {cls.__name__: cls for cls in Event.__args__}  # type: ignore[attr-defined]


def encode(event: Event) -> str:
    """Return the event as one line of JSON, without the newline."""
    return json.dumps(
        {"event": type(event).__name__, **to_json(event)}, allow_nan=False, separators=(",", ":")
    )


def decode(line: str) -> Event:
    """Read one line; raises WireError where it is not an event."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WireError(str(error)) from error
    cls = _TYPES.get(str(data.get("event"))) if isinstance(data, dict) else None
    if cls is None:
        raise WireError("no such event")
    event: Event = from_json(cls, data)
    return event
