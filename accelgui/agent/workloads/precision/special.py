"""Values at which arithmetic goes wrong first: NaN, infinities, zeros, the edges of a format."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Optional

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, Format

Arrays = tuple[Array, ...]
_INF, _NAN = math.inf, math.nan


@dataclass(frozen=True)
class Special:
    """Operands for an operation and what IEEE 754 wants to come out, finite values within ULPs.

    `operation` is the backend's name of it. Where `signs` is False, the sign of a zero is free.
    """

    operation: str
    operands: Callable[[Format], Arrays]
    expected: Callable[[Arrays, Format], Array]
    ulps: float = 8.0
    signs: bool = False


def _column(*values: float) -> Callable[[Format], Arrays]:
    return lambda _: (np.array(values),)


def _edges(form: Format) -> Arrays:
    top, tiny = form.largest, 2.0**form.emin
    left = [top, -top, top, tiny, top, _INF, _INF, 0.0, -0.0, _NAN, -0.0, tiny]
    right = [2.0, 2.0, -4.0, 1.0, 1.0, -_INF, 0.0, -1.0, -1.0, 1.0, 3.0, -1.0]
    return np.array(left), np.array(right)


def _quotients(form: Format) -> Arrays:
    left = [1.0, -1.0, 0.0, _INF, _INF, 1.0, _NAN, form.largest, 0.0]
    right = [0.0, 0.0, 0.0, _INF, -2.0, -_INF, 1.0, 0.5, -5.0]
    return np.array(left), np.array(right)


def _sums(form: Format) -> Arrays:
    left = [form.largest, -form.largest, _INF, _INF, _NAN, 0.0, -0.0, 1.0]
    right = [form.largest, -form.largest, -_INF, 1.0, 1.0, -0.0, -0.0, -1.0]
    return np.array(left), np.array(right)


def _exp_edges(form: Format) -> Arrays:
    over = math.log(form.largest) * 1.02 + 1.0
    under = math.log(form.smallest_step) * 1.02 - 2.0
    return (np.array([_INF, -_INF, _NAN, 0.0, -0.0, over, under, 1.0, -1.0]),)


def _values(values: list[Any]) -> Callable[[Arrays, Format], Array]:
    return lambda *_: np.array(values)


def _poisoned(value: float) -> Callable[[Format], Arrays]:
    def operands(_: Format) -> Arrays:
        left = np.ones((16, 24))
        left[3, 5] = value
        return left, np.full((24, 8), 2.0)

    return operands


def _poisoned_kernel(_: Format) -> Arrays:
    image = np.ones((1, 9, 9, 4))
    image[0, 4, 4, 2] = _NAN
    return image, np.ones((3, 3, 4, 5))


def _convolved(*_: object) -> Array:
    expected = np.full((1, 7, 7, 5), 36.0)
    expected[0, 2:5, 2:5] = _NAN
    return expected


def _logits(form: Format) -> Arrays:
    top = form.largest / 2
    far = np.array([[top, top, -top], [0.0, -_INF, -_INF], [-top, -top, -top]])
    return (far,)


def _softmax(*_: object) -> Array:
    third = 1.0 / 3.0
    return np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [third] * 3])


def _poisoned_logits(_: Format) -> Arrays:
    return (np.array([[1.0, _NAN, 2.0], [0.0, 0.0, math.log(2.0)]]),)


def _rounded(function: Callable[..., Array]) -> Callable[[Arrays, Format], Array]:
    def expected(operands: Arrays, form: Format) -> Array:
        result = np.asarray(function(*operands), np.float64)
        return np.where(np.abs(result) > form.largest, np.sign(result) * _INF, result)

    return expected


def _subnormals(form: Format) -> Arrays:
    steps = np.array([1.0, -1.0, 3.0, 2.0 ** (form.bits - 2)]) * form.smallest_step
    return steps, np.ones(4)


def _subnormal_products(form: Format) -> Arrays:
    # The smallest normal number times halves, as a product of matrices.
    return np.eye(8) * 2.0**form.emin, np.full((8, 8), 0.25)


SPECIAL: dict[str, Special] = {
    "edges of +": Special("add", _sums, _rounded(np.add), 0.5, signs=True),
    "edges of ×": Special("multiply", _edges, _rounded(np.multiply), 0.5, signs=True),
    "edges of ÷": Special("divide", _quotients, _rounded(np.divide), 1.0, signs=True),
    "edges of exp": Special("exp", _exp_edges, _rounded(np.exp)),
    "edges of log": Special("log", _column(_INF, 0.0, -1.0, _NAN, 1.0, 2.0), _rounded(np.log)),
    "edges of tanh": Special(
        "tanh", _column(_INF, -_INF, _NAN, 0.0, 100.0, -100.0), _rounded(np.tanh)
    ),
    "edges of sigmoid": Special(
        "sigmoid",
        _column(_INF, -_INF, _NAN, 0.0, 200.0),
        _values([1.0, 0.0, _NAN, 0.5, 1.0]),
    ),
    "edges of erf": Special(
        "erf",
        _column(_INF, -_INF, _NAN, 0.0, 20.0, -20.0),
        _values([1.0, -1.0, _NAN, 0.0, 1.0, -1.0]),
    ),
    "edges of rsqrt": Special(
        "rsqrt",
        _column(0.0, _INF, _NAN, 1.0, 4.0, -1.0),
        _values([_INF, 0.0, _NAN, 1.0, 0.5, _NAN]),
    ),
    "edges of sin": Special("sin", _column(_INF, -_INF, _NAN, 0.0), _rounded(np.sin)),
    "NaN in a product": Special("matmul", _poisoned(_NAN), _rounded(np.matmul)),
    "infinity in a product": Special("matmul", _poisoned(_INF), _rounded(np.matmul)),
    "NaN in a convolution": Special("conv2d", _poisoned_kernel, _convolved),
    "edges of softmax": Special("softmax", _logits, _softmax, 16.0),
    "NaN in softmax": Special(
        "softmax", _poisoned_logits, _values([[_NAN] * 3, [0.25, 0.25, 0.5]]), 16.0
    ),
    "subnormal numbers": Special("multiply", _subnormals, _rounded(np.multiply), 0.0),
    "subnormal products": Special("matmul", _subnormal_products, _rounded(np.matmul), 0.0),
}

# Where a framework in wide use has an answer of its own, which is nothing to begin with.
FULL_ONLY = ("NaN in softmax",)

# Whose users are told that subnormal numbers become 0: Eigen's threads in TensorFlow and XLA's on
# the CPU switch the processor so, and TPUs have none.
_FLUSHING = {("tensorflow", "cpu"), ("jax", "cpu")}


def may_flush(framework: str, kind: str) -> bool:
    """Tell whether it is documented that subnormal numbers become 0."""
    return kind == "tpu" or (framework, kind) in _FLUSHING


# Wrong in the library whatever the device: what TensorFlow 2.21 says on the CPU. Its erf of an
# infinity is NaN; beside a NaN in a row, its softmax in float32 and bfloat16 is 0.
_LIBRARY_ANSWERS = {
    ("tensorflow", "cpu", "edges of erf", "float64"): [_NAN, _NAN, _NAN, 0.0, 1.0, -1.0],
    ("tensorflow", "cpu", "NaN in softmax", "float32"): [[0.0, _NAN, 0.0], [0.25, 0.25, 0.5]],
    ("tensorflow", "cpu", "NaN in softmax", "bfloat16"): [[0.0, _NAN, 0.0], [0.25, 0.25, 0.5]],
}


def library_answer(framework: str, kind: str, name: str, dtype: str) -> Optional[Array]:
    """Return the wrong answer that is known of a framework; any other one is the device's."""
    answer = _LIBRARY_ANSWERS.get((framework, kind, name, dtype))
    return None if answer is None else np.array(answer)


def is_subnormal(name: str) -> bool:
    """Tell whether a special case is about subnormal numbers."""
    return name.startswith("subnormal")


def special(name: str, dtype: str) -> tuple[Arrays, Array, Array, bool]:
    """Return operands, expected result, allowed error and whether signs of 0 count."""
    case, form = SPECIAL[name], FORMATS[dtype]
    with np.errstate(all="ignore"):
        operands = case.operands(form)
        expected = np.asarray(case.expected(operands, form), np.float64)
        allowed = case.ulps * form.ulp(np.where(np.isfinite(expected), expected, 0.0))
    return operands, expected, allowed, case.signs
