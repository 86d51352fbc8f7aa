"""How far a result may be from the float64 reference, element by element."""

from __future__ import annotations

from typing import Optional

import numpy as np

from accelgui.agent.workloads.precision.formats import FORMATS, Array, operand_format
from accelgui.agent.workloads.precision.references import (
    CONTRACTIONS,
    Contraction,
    as_contraction,
)

# Higham and Mary, "A new approach to probabilistic rounding error analysis", SISC 41(5), 2019:
# N roundings of mean zero stay within λ√n·u but for a chance of 2N·exp(−λ²/2), which is 1e-9 for
# a thousand million of them.
_LAMBDA = 9.2

# Published largest errors in ULP of float32, the worst generation of each kind: JAX's accuracy
# document (docs/accuracy.md, exhaustive over float32) for CPU, H100/B200 and TPU v2 to 7x.
_PUBLISHED_ULP = {
    "exp": {"cpu": 1.5, "gpu": 2.0, "tpu": 116.0},
    "log": {"cpu": 1.5, "gpu": 1.0, "tpu": 4030.5},
    "tanh": {"cpu": 5.0, "gpu": 5.5, "tpu": 1365.5},
}
# Each framework has its own implementations: over all float32 in [1/4, 4] TensorFlow's log on the
# CPU is off by up to 3.5 ULP, its tanh by 6.1, where XLA's are by 1.5 and 5. No defect that we
# look for is as small as that.
_PUBLISHED_HEADROOM = 2.0
_LEAST_ULP_LIMIT = 6.0
# Halves are computed in float32 and rounded once, 0.5 ULP; native instructions take up to 2.
_HALF_ULP_LIMIT = 2.0


def threshold(
    operation: str,
    dtype: str,
    kind: str,
    operands: tuple[Array, ...],
    expected: Array,
    stride: int = 1,
) -> Array:
    """Return the largest absolute error allowed at each element of `expected`.

    `kind` is cpu, gpu or tpu; `operands` are those of `references.reference`.
    """
    if operation in CONTRACTIONS:
        contraction = as_contraction(operation, operands, stride)
        return _contraction(contraction, dtype, _accumulator_unit(operation, dtype), expected)
    if operation == "softmax":
        return _softmax(dtype, kind, operands[0], expected)
    return ulp_limit(operation, dtype, kind) * FORMATS[dtype].ulp(expected)


def ulp_limit(operation: str, dtype: str, kind: str) -> float:
    """Return how many units in the last place an elementwise function may be off."""
    if dtype in {"float16", "bfloat16"}:
        return _HALF_ULP_LIMIT
    return max(_LEAST_ULP_LIMIT, _PUBLISHED_HEADROOM * _PUBLISHED_ULP[operation][kind])


def _accumulator_unit(operation: str, dtype: str) -> float:
    if dtype in {"float64", "float32"}:
        return FORMATS[dtype].unit
    if operation == "sum":
        # Nothing promises more than the dtype itself: TensorFlow's CPU adds float16 in float16.
        return FORMATS[dtype].unit
    # Tensor cores add in float32 and truncate, which counts as twice its unit.
    return 2 * FORMATS["float32"].unit


def _contraction(
    contraction: Contraction, dtype: str, accumulator_unit: float, expected: Array
) -> Array:
    """T = λ·u_in·√(2·(A∘A)(B∘B)) + λ·√n·u_acc·|A||B| + u_out·|C|.

    u_in counts where the device rounds its operands (TF32; twice, as it may truncate), u_acc for
    the additions, u_out where the result is rounded to a narrower format than the accumulator's.
    The first two need rounding errors of mean zero, hence operands of mean zero.
    """
    sums = contraction.product(np.abs)
    allowed = _LAMBDA * np.sqrt(contraction.terms) * accumulator_unit * sums
    input_unit = _input_unit(dtype)
    if input_unit is not None:
        squares = contraction.product(np.square)
        allowed += _LAMBDA * input_unit * np.sqrt(2.0 * squares)
    out = operand_format(dtype)
    allowed += out.unit * np.abs(expected) + out.smallest_step
    # Here the reference is in float64 too, and as far off as the device may be.
    return np.asarray(2.0 * allowed if dtype == "float64" else allowed)


def _input_unit(dtype: str) -> Optional[float]:
    return 2 * FORMATS["tf32"].unit if dtype == "tf32" else None


def _softmax(dtype: str, kind: str, logits: Array, expected: Array) -> Array:
    """Return p·u·(errors of two exponentials, of the sum, of the shift by max(x) and of ÷).

    First order: an exponential is off by its ULP limit, which is up to 2u of its value each, and
    by |x − max|·u from rounding the shift; the denominator by the same, weighted with p.
    """
    form = FORMATS[dtype]
    terms = logits.shape[-1]
    shift = np.abs(logits - logits.max(axis=-1, keepdims=True))
    mean_shift = np.sum(expected * shift, axis=-1, keepdims=True)
    exponentials = 4.0 * ulp_limit("exp", dtype, kind)
    additions = min(terms, _LAMBDA * np.sqrt(terms))
    units = exponentials + additions + 2.0 + shift + mean_shift
    return np.asarray(expected * form.unit * units + form.smallest_step)
