"""Values with a bound on the error of those who compute them in a narrow format.

Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, §3.3), to first
order: an operation is written down once, with these values in place of arrays, and gives its
float64 reference together with the largest error that rounding can explain at each element.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Optional, Union

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, operand_format
from accelgui.agent.workloads.precision.functions import FUNCTIONS, absolute_limit, ulp_limit

# Higham and Mary, "A new approach to probabilistic rounding error analysis", SISC 41(5), 2019:
# N roundings of mean zero stay within λ√n·u but for a chance of 2N·exp(−λ²/2), which is 1e-9 for
# a thousand million of them.
_LAMBDA = 9.2

Axes = Union[int, tuple[int, ...]]


@dataclass(frozen=True)
class Rounding:
    """How a device rounds: unit roundoffs of each step, of sums, of products and of operands."""

    dtype: str
    kind: str
    unit: float
    sum_unit: float
    product_unit: float
    input_unit: Optional[float] = None


def rounding(dtype: str, kind: str) -> Rounding:
    """Return what may be asked of a device of `kind` (cpu, gpu, tpu) that works in `dtype`."""
    unit = operand_format(dtype).unit
    # Nothing promises sums more than the dtype itself: TensorFlow's CPU adds float16 in float16.
    # Tensor cores add products in float32 and truncate, which counts as twice its unit.
    wide = dtype in {"float64", "float32"}
    return Rounding(
        dtype,
        kind,
        unit,
        sum_unit=unit,
        product_unit=unit if wide else 2 * FORMATS["float32"].unit,
        # TF32 rounds its operands, or truncates them.
        input_unit=2 * FORMATS["tf32"].unit if dtype == "tf32" else None,
    )


def additions(terms: int) -> float:
    """Return how many units the rounding errors of adding `terms` numbers come to."""
    return float(min(terms, _LAMBDA * np.sqrt(terms)))


@dataclass(frozen=True, eq=False)
class Running:
    """An array and, where errors are followed (`rounding` given), their bounds."""

    value: Array
    rounding: Optional[Rounding] = None
    error: Optional[Array] = None

    def __add__(self, other: Operand) -> Running:
        return self._joined(other, np.add, _sum_of_errors)

    def __sub__(self, other: Operand) -> Running:
        return self._joined(other, np.subtract, _sum_of_errors)

    def __mul__(self, other: Operand) -> Running:
        return self._joined(
            other, np.multiply, lambda a, b, ea, eb: np.abs(a) * eb + np.abs(b) * ea
        )

    def __truediv__(self, other: Operand) -> Running:
        return self._joined(
            other,
            np.divide,
            lambda a, b, ea, eb: (ea + np.abs(a / b) * eb) / np.abs(b),
        )

    def function(self, name: str) -> Running:
        """Return one of FUNCTIONS at each element."""
        function, slope = FUNCTIONS[name]
        value = np.asarray(function(self.value))
        if self.rounding is None:
            return Running(value)
        limit = ulp_limit(name, self.rounding.dtype, self.rounding.kind)
        own = limit * operand_format(self.rounding.dtype).ulp(value)
        own = own + absolute_limit(name, self.rounding.dtype)
        error = own if self.error is None else np.abs(slope(self.value)) * self.error + own
        return replace(self, value=value, error=error)

    def sum(self, axes: Axes, *, keepdims: bool = False) -> Running:
        """Add up along axes, in any order."""
        value = np.sum(self.value, axis=axes, keepdims=keepdims)
        terms = self.value.size // max(1, value.size)
        return self._added(
            value,
            lambda x: np.sum(x, axis=axes, keepdims=keepdims),
            terms,
        )

    def mean(self, axes: Axes, *, keepdims: bool = False) -> Running:
        """Return the mean along axes."""
        total = self.sum(axes, keepdims=keepdims)
        return total / float(self.value.size // max(1, total.value.size))

    def linear(self, transform: Callable[[Array], Array], terms: int) -> Running:
        """Apply a linear map that adds at most `terms` elements, each with the weight 1."""
        return self._added(transform(self.value), transform, terms)

    def moved(self, transform: Callable[[Array], Array]) -> Running:
        """Apply a transposition, a selection or anything else that does not calculate."""
        error = None if self.error is None else transform(self.error)
        return replace(self, value=np.asarray(transform(self.value)), error=error)

    def matmul(self, other: Running) -> Running:
        """Return self · other.

        T = λ·u_in·√(2·(A∘A)(B∘B)) + λ·√n·u_acc·|A||B|, besides the errors of A and B; it needs
        rounding errors of mean zero, hence operands of mean zero.
        """
        value = np.matmul(self.value, other.value)
        if self.rounding is None:
            return Running(value)
        a, b = np.abs(self.value), np.abs(other.value)
        terms = self.value.shape[-1]
        units = _LAMBDA * np.sqrt(terms) * self.rounding.product_unit
        error = units * np.matmul(a, b) + self.rounding.unit * np.abs(value)
        if self.rounding.input_unit is not None:
            squares = np.matmul(np.square(a), np.square(b))
            error += _LAMBDA * self.rounding.input_unit * np.sqrt(2.0 * squares)
        if self.error is not None:
            error += np.matmul(self.error, b)
        if other.error is not None:
            error += np.matmul(a, other.error)
        return replace(self, value=value, error=error)

    def allowed(self) -> Array:
        """Return the bound at each element; raises ValueError where errors were not followed."""
        if self.rounding is None:
            raise ValueError("errors were not followed")
        error = np.zeros(self.value.shape) if self.error is None else self.error
        step = operand_format(self.rounding.dtype).smallest_step
        # In float64 the reference is as far off as the device may be.
        return np.asarray((2.0 if self.rounding.dtype == "float64" else 1.0) * error + step)

    def _joined(
        self,
        other: Operand,
        operate: Callable[[Array, Array], Array],
        spread: Callable[[Array, Array, Array, Array], Array],
    ) -> Running:
        right = other if isinstance(other, Running) else Running(np.asarray(other, np.float64))
        value = operate(self.value, right.value)
        if self.rounding is None:
            return Running(value)
        zero = np.zeros(())
        errors = [zero if e is None else e for e in (self.error, right.error)]
        error = spread(self.value, right.value, *errors) + self.rounding.unit * np.abs(value)
        return replace(self, value=np.asarray(value), error=np.asarray(error))

    def _added(self, value: Array, add: Callable[[Array], Array], terms: int) -> Running:
        if self.rounding is None:
            return Running(np.asarray(value))
        units = additions(terms) * self.rounding.sum_unit
        error = units * add(np.abs(self.value)) + self.rounding.unit * np.abs(value)
        if self.error is not None:
            error = error + add(self.error)
        return replace(self, value=np.asarray(value), error=np.asarray(error))


Operand = Union[Running, float]


def _sum_of_errors(_a: Array, _b: Array, of_a: Array, of_b: Array) -> Array:
    return np.asarray(of_a + of_b)
