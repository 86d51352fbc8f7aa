"""Softmax, log-sum-exp, layer and batch normalization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.operations import draws
from accelgui.agent.workloads.precision.operations.operation import Operation

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.running_error import Axes, Running

_EPSILON = 2.0**-10


def _shifted(logits: Running) -> tuple[Running, Running]:
    largest = logits.moved(lambda x: np.max(x, axis=-1, keepdims=True))
    if logits.error is not None:
        # Whatever is subtracted falls out again: its error does not count, its rounding does.
        largest = replace(largest, error=None)
    return logits - largest, largest


def softmax(logits: Running, _: int = 1) -> Running:
    """Return exp(x − max) ÷ Σ exp(x − max) over the last axis."""
    powers = _shifted(logits)[0].function("exp")
    return powers / powers.sum(-1, keepdims=True)


def softmax_gradient(cotangent: Running, weights: Running) -> Running:
    """Return the gradient for the logits, from that for the weights."""
    return weights * (cotangent - (cotangent * weights).sum(-1, keepdims=True))


def _of_softmax(cotangent: Running, logits: Running, _: int) -> tuple[Running, ...]:
    return (softmax_gradient(cotangent, softmax(logits)),)


def _logsumexp(logits: Running, _: int) -> Running:
    shifted, largest = _shifted(logits)
    total = shifted.function("exp").sum(-1, keepdims=True).function("log") + largest
    return total.moved(lambda x: x[..., 0])


def _of_logsumexp(cotangent: Running, logits: Running, _: int) -> tuple[Running, ...]:
    return (softmax(logits) * cotangent.moved(lambda x: x[..., None]),)


def _normalized(data: Running, axes: Axes) -> tuple[Running, Running]:
    centred = data - data.mean(axes, keepdims=True)
    variance = (centred * centred).mean(axes, keepdims=True)
    # Many take the mean of squares less the square of the mean, which loses more digits.
    mean = data.mean(axes, keepdims=True)
    other = (data * data).mean(axes, keepdims=True) - mean * mean
    if variance.error is not None and other.error is not None:
        variance = replace(variance, error=np.maximum(variance.error, other.error))
    inverse = (variance + _EPSILON).function("rsqrt")
    return centred * inverse, inverse


def _norm(data: Running, scale: Running, offset: Running, axes: Axes) -> Running:
    # x·(γ/σ) + (β − μγ/σ) is the same with other roundings: they count too.
    normalized, inverse = _normalized(data, axes)
    result = normalized * scale + offset
    if result.error is None or result.rounding is None:
        return result
    mean = np.abs(data.value.mean(axis=axes, keepdims=True))
    folded = 3 * result.rounding.unit * np.abs(scale.value) * inverse.value
    return replace(result, error=result.error + folded * (np.abs(data.value) + mean))


def _of_norm(cotangent: Running, data: Running, scale: Running, axes: Axes) -> tuple[Running, ...]:
    normalized, inverse = _normalized(data, axes)
    rest = tuple(range(data.value.ndim - 1))
    inner = cotangent * scale
    spread = inner - inner.mean(axes, keepdims=True)
    spread -= normalized * (inner * normalized).mean(axes, keepdims=True)
    return inverse * spread, (cotangent * normalized).sum(rest), cotangent.sum(rest)


def _layer_norm(data: Running, scale: Running, offset: Running, _: int) -> Running:
    return _norm(data, scale, offset, -1)


def _of_layer_norm(
    cotangent: Running, data: Running, scale: Running, _offset: Running, _: int
) -> tuple[Running, ...]:
    return _of_norm(cotangent, data, scale, -1)


def _batch_norm(data: Running, scale: Running, offset: Running, _: int) -> Running:
    return _norm(data, scale, offset, (0, 1, 2))


def _of_batch_norm(
    cotangent: Running, data: Running, scale: Running, _offset: Running, _: int
) -> tuple[Running, ...]:
    return _of_norm(cotangent, data, scale, (0, 1, 2))


OPERATIONS = (
    Operation(
        "softmax",
        draws.logits,
        softmax,
        _of_softmax,
        quick=(((256, 128),),),
        full=(((64, 1000),), ((3, 50257),)),
        is_core=True,
    ),
    Operation(
        "logsumexp",
        draws.logits,
        _logsumexp,
        _of_logsumexp,
        quick=(((256, 128),),),
        full=(((3, 50257),),),
    ),
    Operation(
        "layer_norm",
        draws.layers,
        _layer_norm,
        _of_layer_norm,
        quick=(((64, 256), (256,), (256,)),),
        full=(((17, 1023), (1023,), (1023,)),),
    ),
    Operation(
        "batch_norm",
        draws.layers,
        _batch_norm,
        _of_batch_norm,
        quick=(((4, 8, 8, 32), (32,), (32,)),),
        full=(((3, 13, 11, 33), (33,), (33,)),),
    ),
)
