"""Where the rows of a precision check stand on an axis of error ÷ bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.model.precision_events import PrecisionRow, RowVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence


# Widest first; a format keeps its colour and mark whatever others a device has.
DTYPES = (
    "float64",
    "float32",
    "tf32",
    "float16",
    "bfloat16",
    "float8_e4m3fn",
    "float8_e5m2",
    "int8",
)

# The axis in powers of ten. Below its floor stand the checks without any error; beyond its end
# what no bound can be set against: NaN, a wrong shape, a wrong bit.
LOWEST, HIGHEST = -5.0, 1.0
FLOOR, END = LOWEST - 0.6, HIGHEST + 0.6

# How far the formats of one operation stand apart, in its line of height 1.
_SPREAD = 0.68
_STEP = 0.24


@dataclass(frozen=True)
class ErrorPoint:
    """A row at x = log10(error ÷ bound), y = −line, moved by its format."""

    row: PrecisionRow
    x: float
    y: float

    @property
    def is_exact(self) -> bool:
        """Whether every bit was to be right, and was."""
        return self.x == FLOOR

    @property
    def is_wrong(self) -> bool:
        """Whether the row failed."""
        return self.row.verdict is RowVerdict.FAILED


def operations(rows: Sequence[PrecisionRow]) -> list[str]:
    """Return the operations in the order in which they came: a line for each."""
    return list(dict.fromkeys(row.operation for row in rows))


def dtypes(rows: Sequence[PrecisionRow]) -> list[str]:
    """Return the formats that the rows have, the widest first, unknown ones last."""
    return sorted({row.dtype for row in rows}, key=number_of)


def number_of(dtype: str) -> int:
    """Return the number of a format, which decides its colour and mark."""
    return DTYPES.index(dtype) if dtype in DTYPES else len(DTYPES)


def points(rows: Sequence[PrecisionRow]) -> list[ErrorPoint]:
    """Return a point for each row, in their order."""
    lines = {operation: line for line, operation in enumerate(operations(rows))}
    found = {
        operation: dtypes([row for row in rows if row.operation == operation])
        for operation in lines
    }
    return [
        ErrorPoint(
            row, _position(row), -lines[row.operation] - _offset(row.dtype, found[row.operation])
        )
        for row in rows
    ]


def _offset(dtype: str, found: list[str]) -> float:
    """Return how far below the middle of its line a format stands, among those found there."""
    step = min(_STEP, _SPREAD / max(len(found) - 1, 1))
    return step * (found.index(dtype) - 0.5 * (len(found) - 1))


def _position(row: PrecisionRow) -> float:
    ratio = row.ratio
    if ratio is None or math.isnan(ratio):
        return END if row.verdict is RowVerdict.FAILED else FLOOR
    if ratio <= 0:
        return FLOOR
    return min(max(math.log10(ratio), LOWEST), END)
