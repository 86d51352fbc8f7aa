"""What a precision check finds besides its rows: details, the fingerprint, drift."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

# Upper edges of a histogram of errors in units in the last place; the last bin has none.
HISTOGRAM_EDGES_ULP = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 4096.0, 1048576.0)

# In a heat map: the element is NaN or infinite.
NOT_FINITE = -1.0


@dataclass(frozen=True)
class Number:
    """A number of a format three times: decimal, as hexadecimal digits and as bits.

    Bits are in groups: sign, exponent, significand. `name` says which number it is: "a[3, 17]".
    """

    name: str
    decimal: str
    hex: str = ""
    bits: str = ""


@dataclass(frozen=True)
class RowDetail:
    """A closer look at one row.

    `histogram` counts errors in ULP by HISTOGRAM_EDGES_ULP; `heat` has the largest error in ULP
    in each cell of a grid laid over `heat_shape` elements, NOT_FINITE where there is no number.
    `inputs`, `reference` and `result` are of the worst element, `part` which gradient it is of.
    `reproducer` is a Python script that needs the framework alone.
    """

    histogram: tuple[int, ...] = ()
    heat: tuple[tuple[float, ...], ...] = ()
    heat_shape: tuple[int, int] = (0, 0)
    inputs: tuple[Number, ...] = ()
    reference: Optional[Number] = None
    result: Optional[Number] = None
    part: Optional[int] = None
    reproducer: str = ""


@dataclass(frozen=True)
class Accumulator:
    """How products in one dtype are added up, as far as probes can tell.

    `kept_bits`: how many bits below the largest term survive; `block`: how many products are
    added at once; `rounding`: "nearest", "truncated" or "other"; `subtree`: for each j, how many
    terms have been added when term 0 meets term j (FPRev's l(0, j)); `order` names that.
    """

    dtype: str
    kept_bits: Optional[int] = None
    is_position_free: Optional[bool] = None
    rounding: Optional[str] = None
    block: Optional[int] = None
    subtree: tuple[int, ...] = ()
    order: Optional[str] = None


@dataclass(frozen=True)
class Known:
    """The published values of a known kind of hardware, and whether they are those found."""

    name: str
    kept_bits: Optional[int]
    block: Optional[int]
    rounding: str
    is_alike: bool
    source: str = ""


@dataclass(frozen=True)
class Fingerprint:
    """What arithmetic a device has.

    `math_mode` of a float32 product: fp32, tf32, tf32_truncated, bf16x1, bf16x3, or other.
    `default_mode` is the same as the framework is set up at its start. None: not found out.
    """

    math_mode: Optional[str] = None
    default_mode: Optional[str] = None
    subnormals_kept: dict[str, bool] = field(default_factory=dict)
    accumulators: tuple[Accumulator, ...] = ()
    is_repeatable: dict[str, bool] = field(default_factory=dict)
    is_batch_invariant: Optional[bool] = None
    # The time of deterministic operations ÷ that of the usual ones; empty without a switch.
    deterministic_cost: dict[str, float] = field(default_factory=dict)
    behaves_like: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()


@dataclass(frozen=True)
class Spread:
    """The smallest, mean and largest of the values that were sampled, and how many there were."""

    minimum: float
    mean: float
    maximum: float
    count: int


@dataclass(frozen=True)
class Drift:
    """How far weights move from those of float64 in the same training, at some of its steps.

    Distances are relative: ‖w − w₆₄‖ ÷ ‖w₆₄‖. `ratio` is device ÷ CPU float32 at the last step;
    `named` the class that it falls into: "float32", "tf32", "bfloat16", "trouble".
    """

    steps: tuple[int, ...] = ()
    cpu_distances: tuple[float, ...] = ()
    device_distances: tuple[float, ...] = ()
    ratio: Optional[float] = None
    named: str = ""
