"""The binary floating-point formats, and rounding to them in NumPy float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Format:
    """A format with `bits` of significand, the hidden one counted.

    `emin` is the exponent of the smallest normal number.
    """

    name: str
    bits: int
    emin: int
    largest: float

    @property
    def unit(self) -> float:
        """The unit roundoff u: the largest relative error of rounding to nearest."""
        return 2.0**-self.bits

    @property
    def smallest_step(self) -> float:
        """The distance between subnormal numbers."""
        return 2.0 ** (self.emin - self.bits + 1)

    def ulp(self, values: Array) -> Array:
        """Return the distance between neighbours of this format at each value."""
        _, exponents = np.frexp(np.abs(values))
        lowest = np.where(values == 0, self.emin, exponents - 1)
        return np.asarray(np.ldexp(1.0, np.maximum(lowest, self.emin) - self.bits + 1))

    def round(self, values: Array, *, truncate: bool = False) -> Array:
        """Round to this format, to nearest even or towards zero; overflow is not looked at."""
        wide = np.asarray(values, np.float64)
        steps = self.ulp(wide)
        cut = np.trunc if truncate else np.rint
        return np.asarray(cut(wide / steps) * steps)


FORMATS = {
    "float64": Format("float64", 53, -1022, float(np.finfo(np.float64).max)),
    "float32": Format("float32", 24, -126, float(np.finfo(np.float32).max)),
    # TF32 has float32's exponent and float16's significand.
    "tf32": Format("tf32", 11, -126, float(np.finfo(np.float32).max)),
    "float16": Format("float16", 11, -14, 65504.0),
    "bfloat16": Format("bfloat16", 8, -126, 2.0**128 * (1 - 2.0**-8)),
    # The two of OCP's 8-bit specification; e4m3fn has no infinity.
    "float8_e4m3fn": Format("float8_e4m3fn", 4, -6, 448.0),
    "float8_e5m2": Format("float8_e5m2", 3, -14, 57344.0),
}


def operand_format(dtype: str) -> Format:
    """Return the format in which operands are handed over: TF32 is fed with float32."""
    return FORMATS["float32" if dtype == "tf32" else dtype]
