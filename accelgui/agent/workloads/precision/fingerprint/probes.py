"""Single products and sums of a few, in matrices of one shape that is zero elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

import numpy as np

from accelgui.agent.backends.base import Backend
from accelgui.agent.workloads.precision.formats import FORMATS, Array, operand_format
from accelgui.model.snapshot import FrameworkDevice

if TYPE_CHECKING:
    from collections.abc import Sequence


TERMS = 64
_ROWS = _COLUMNS = 16


@dataclass(frozen=True)
class Probe:
    """Has a device add products in one dtype."""

    backend: Backend
    device: FrameworkDevice
    dtype: str

    def dot(self, left: Sequence[float], right: Sequence[float]) -> float:
        """Return Σ left · right as an element of a product of matrices makes it."""
        a, b = np.zeros((_ROWS, TERMS)), np.zeros((TERMS, _COLUMNS))
        a[0, : len(left)], b[: len(right), 0] = left, right
        return float(self.multiply(a, b)[0, 0])

    def product(self, x: float, y: float) -> float:
        """Return x · y."""
        return self.dot([x], [y])

    def multiply(self, a: Array, b: Array) -> Array:
        """Return a · b."""
        return np.asarray(self.backend.run("matmul", self.dtype, self.device, a, b), np.float64)


def math_mode(product: Callable[[float, float], float]) -> str:
    """Name the arithmetic of a float32 product.

    "fp32" (also bf16×6 and ×9, which give the same), "tf32", "tf32_truncated", "bf16x1", "bf16x3",
    "other". Four products tell them apart: (1 + 3·2⁻¹²)·1, (1 + 2⁻⁹)·1, (1 + 2⁻⁹ + 2⁻¹⁸)·1 and
    (1 + 2⁻⁹)².
    """
    coarse, fine = product(1 + 3 * 2.0**-12, 1.0), product(1 + 2.0**-9, 1.0)
    finest, square = product(1 + 2.0**-9 + 2.0**-18, 1.0), product(1 + 2.0**-9, 1 + 2.0**-9)
    exact = (1 + 3 * 2.0**-12, 1 + 2.0**-9, 1 + 2.0**-9 + 2.0**-18, 1 + 2.0**-8 + 2.0**-18)
    return {
        exact: "fp32",
        (1 + 2.0**-10, 1 + 2.0**-9, 1 + 2.0**-9, exact[3]): "tf32",
        (1.0, 1 + 2.0**-9, 1 + 2.0**-9, exact[3]): "tf32_truncated",
        (exact[0], 1 + 2.0**-9, exact[2], 1 + 2.0**-8): "bf16x3",
        (exact[0], 1 + 2.0**-9, 1 + 2.0**-9, 1 + 2.0**-8): "bf16x3",
    }.get((coarse, fine, finest, square), "bf16x1" if fine == 1.0 else "other")


def default_mode(backend: Backend, device: FrameworkDevice) -> str:
    """Name the arithmetic of a float32 product as the framework is set up at its start."""

    def product(x: float, y: float) -> float:
        a = [[0.0] * TERMS for _ in range(_ROWS)]
        b = [[0.0] * _COLUMNS for _ in range(TERMS)]
        a[0][0], b[0][0] = x, y
        return float(backend.integer_matmul(device, a, b)[0][0][0])

    return math_mode(product)


def subnormals_kept(probe: Probe) -> bool:
    """Tell whether numbers below the smallest normal one survive being multiplied by 1."""
    form = FORMATS[operand_format(probe.dtype).name]
    values = np.full(TERMS, 3 * form.smallest_step)
    result = probe.backend.run("multiply", probe.dtype, probe.device, values, np.ones(TERMS))
    return bool(np.all(np.asarray(result, np.float64) == values))
