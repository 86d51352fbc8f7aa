"""What an agent tells of a precision check."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from accelgui.model.precision import Drift, Fingerprint, RowDetail, Spread


class RowVerdict(str, Enum):
    """How a precision row ended. LOWER: right, but with fewer bits than asked for."""

    PASSED = "passed"
    LOWER = "lower"
    FAILED = "failed"


@dataclass(frozen=True)
class PrecisionRow:
    """One operation in one dtype, judged.

    `tier` is "exact" (bitwise against integers), "bound" (float64 reference), "repeat" (bitwise
    against itself), "gradient" (bound, of the gradients), "special" (NaN, infinities, edges),
    "entries" (exact, through each public name of a product), "projection" (exact, of a product
    too large for a reference) or "statistics" (of random numbers). `error` is the largest
    absolute error, `bound` the bound at that element, `ratio` the largest error ÷ bound over all
    elements, `at` the index of that element. `reason` is a code for a failure ("nan", "inf",
    "shape", "mismatch", "over_bound", "not_repeatable", "special", "statistics", "seed_ignored",
    "raised"), for the lower precision ("float32", "tf32", "bfloat16", "cut_off") or a remark
    ("flushed"); `message` the framework's own words or which of several it was.
    """

    operation: str
    dtype: str
    tier: str
    verdict: RowVerdict
    error: Optional[float] = None
    bound: Optional[float] = None
    ratio: Optional[float] = None
    at: tuple[int, ...] = ()
    shape: str = ""
    elapsed_s: Optional[float] = None
    reason: Optional[str] = None
    message: Optional[str] = None
    detail: Optional[RowDetail] = None


@dataclass(frozen=True)
class PrecisionStarted:
    """The checks are about to run on `device`, the framework's own name of it."""

    framework: str
    framework_version: str
    device: str
    device_name: str
    rows_total: int
    dtypes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrecisionRowDone:
    """A row is judged."""

    row: PrecisionRow


@dataclass(frozen=True)
class FingerprintSeen:
    """The device's arithmetic, as far as it is known; a later one replaces an earlier one."""

    fingerprint: Fingerprint


@dataclass(frozen=True)
class DriftSeen:
    """How far training on the device drifts from float64."""

    drift: Drift


@dataclass(frozen=True)
class SoakProgress:
    """How a soak goes on; counts are since its start.

    `elements` is how many numbers were compared, `memory_bytes` how much memory is filled with
    patterns that are read again and again, `memory_errors` how many words came back changed.
    `conditions` are those of the device meanwhile, by the names of samples; None: not reported.
    Who follows a soak adds them, out of the samples that it has anyway.
    """

    elapsed_s: float
    duration_s: float
    rounds: int
    elements: int
    mismatches: int
    memory_bytes: int = 0
    memory_errors: int = 0
    # Since when the first mismatch is known, and in what; without its detail.
    first_mismatch_s: Optional[float] = None
    first_mismatch: Optional[PrecisionRow] = None
    conditions: dict[str, Optional[Spread]] = field(default_factory=dict)


@dataclass(frozen=True)
class PrecisionCost:
    """Where the time of a check went: in all, in the references, in importing the framework."""

    elapsed_s: float
    reference_s: float
    import_s: float
