"""Functions of one number: their values, their slopes, and how far off they may be."""

from __future__ import annotations

import math
from typing import Callable

import numpy as np

from accelgui.agent.workloads.precision.formats import Array

Function = Callable[[Array], Array]

# Published largest errors in ULP of float32, the worst generation of each kind: JAX's accuracy
# document (docs/accuracy.md, exhaustive over float32) for CPU, H100/B200 and TPU v2 to 7x.
_PUBLISHED_ULP = {
    "exp": {"cpu": 1.5, "gpu": 2.0, "tpu": 116.0},
    "log": {"cpu": 1.5, "gpu": 1.0, "tpu": 4030.5},
    "tanh": {"cpu": 5.0, "gpu": 5.5, "tpu": 1365.5},
    "sigmoid": {"cpu": 4.0, "gpu": 4.0, "tpu": 243.0},
    "erf": {"cpu": 7.0, "gpu": 6.5, "tpu": 8.5},
    "rsqrt": {"cpu": 2.0, "gpu": 2.0, "tpu": 2.5},
    "reciprocal": {"cpu": 0.5, "gpu": 1.0, "tpu": 198.0},
    "sin": {"cpu": 0.5, "gpu": 1.5, "tpu": 3.5},
    "cos": {"cpu": 0.5, "gpu": 1.5, "tpu": 3.5},
}
# Each framework has its own implementations: over all float32 in [1/4, 4] TensorFlow's log on the
# CPU is off by up to 3.5 ULP, its tanh by 6.1, where XLA's are by 1.5 and 5; its sigmoid, of which
# the table says 2.5, by 6.2. No defect that we look for is as small as that.
_PUBLISHED_HEADROOM = 2.0
_LEAST_ULP_LIMIT = 6.0
# Halves are computed in float32 and rounded once, 0.5 ULP; native instructions take up to 2, and
# what XLA puts together from them step by step more.
_HALF_ULP_LIMIT = 2.0
_HALF_ULP_LIMITS = {"sigmoid": 3.0}
# Of PyTorch's vectorized erf on the CPU in halves: Abramowitz and Stegun, 7.1.26.
_HALF_ABSOLUTE_LIMITS = {"erf": 3e-7}


def ulp_limit(function: str, dtype: str, kind: str) -> float:
    """Return how many units in the last place an elementwise function may be off."""
    if dtype in {"float16", "bfloat16"}:
        return _HALF_ULP_LIMITS.get(function, _HALF_ULP_LIMIT)
    return max(_LEAST_ULP_LIMIT, _PUBLISHED_HEADROOM * _PUBLISHED_ULP[function][kind])


def absolute_limit(function: str, dtype: str) -> float:
    """Return by how much a function may be off however small its value is."""
    return _HALF_ABSOLUTE_LIMITS.get(function, 0.0) if dtype in {"float16", "bfloat16"} else 0.0


def _erf(values: Array) -> Array:
    # NumPy has none; Python's is that of the C library, within an ULP of float64.
    flat = np.asarray(values, np.float64).ravel()
    return np.fromiter(map(math.erf, flat), np.float64, flat.size).reshape(values.shape)


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-values)))


# Each with its derivative.
FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: np.asarray(1.0 / x)),
    "tanh": (np.tanh, lambda x: np.asarray(1.0 - np.tanh(x) ** 2)),
    "sigmoid": (_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    "erf": (_erf, lambda x: np.asarray(2.0 / math.sqrt(math.pi) * np.exp(-(x**2)))),
    "rsqrt": (lambda x: np.asarray(1.0 / np.sqrt(x)), lambda x: np.asarray(-0.5 * x**-1.5)),
    "reciprocal": (lambda x: np.asarray(1.0 / x), lambda x: np.asarray(-1.0 / x**2)),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: np.asarray(-np.sin(x))),
}
