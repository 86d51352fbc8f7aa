"""How far training on a device moves away from float64, next to how far float32 on the CPU does."""

from __future__ import annotations

import math
import sys
import traceback
from typing import TYPE_CHECKING, Callable, Optional

import numpy as np

from accelgui.agent.workloads.precision.formats import Array
from accelgui.model.events import Progress
from accelgui.model.precision import Drift
from accelgui.model.precision_events import DriftSeen

if TYPE_CHECKING:
    from accelgui.agent.backends.base import Backend
    from accelgui.agent.channel import Channel
    from accelgui.model.snapshot import FrameworkDevice

Weights = tuple[Array, Array]
Gradients = Callable[[Array, Weights, Array], Weights]

STEPS = 300
_TOLD_EVERY = 5
_SAMPLES, _BATCH, _INPUTS, _HIDDEN, _OUTPUTS = 512, 64, 32, 64, 8
_LEARNING_RATE = 0.25

# Measured with the arithmetic acted out: TF32 drifts about 250 times as far as float32, bfloat16
# 2,100 times; limits lie between them, at the geometric means.
_CLASSES = ((16.0, "float32"), (725.0, "tf32"), (16_000.0, "bfloat16"))


def tell_drift(backend: Backend, device: FrameworkDevice, seed: int, channel: Channel) -> None:
    """Train on `device` and tell how far it drifted. What the framework raises ends it."""
    try:
        drift = measure(backend, device, seed, channel)
    except Exception:  # noqa: BLE001 - Frameworks raise what they like; the rows stay.
        traceback.print_exc()
        sys.stderr.write("the training drift could not be measured\n")
        return
    if drift is not None:
        channel.send(DriftSeen(drift))


def measure(
    backend: Backend, device: FrameworkDevice, seed: int, channel: Optional[Channel] = None
) -> Optional[Drift]:
    """Return the drift of float32 training on `device`; None where it was stopped."""

    def on_device(x: Array, weights: Weights, targets: Array) -> Weights:
        found = backend.gradient("mlp_loss", "float32", device, np.ones(()), x, *weights, targets)
        return np.asarray(found[1]), np.asarray(found[2])

    start, data = _task(seed)
    true = _trained(by_hand, start, data, np.float64)
    cpu = _trained(by_hand, start, data, np.float32)
    told = []
    trained = _Training(on_device, start, data, np.float32)
    for step in range(1, STEPS + 1):
        trained.step(step)
        if step % _TOLD_EVERY == 0:
            told.append(trained.weights)
            if channel is not None:
                if channel.stopping.is_set():
                    return None
                channel.send(Progress(step, STEPS, "drift"))
    steps = tuple(range(_TOLD_EVERY, STEPS + 1, _TOLD_EVERY))
    return _drift(steps, _distances(true, cpu), _distances(true, told))


def _drift(steps: tuple[int, ...], cpu: tuple[float, ...], device: tuple[float, ...]) -> Drift:
    ratio = device[-1] / cpu[-1] if cpu[-1] else None
    named = "trouble"
    if ratio is not None and math.isfinite(ratio):
        named = next((name for limit, name in _CLASSES if ratio <= limit), named)
    # Infinite and undefined distances do not travel in lists.
    shown = tuple(x if math.isfinite(x) else sys.float_info.max for x in device)
    return Drift(steps, cpu, shown, ratio, named)


def by_hand(x: Array, weights: Weights, targets: Array) -> Weights:
    """Return the gradients of mean((tanh(x·w₁)·w₂ − targets)²) for w₁ and w₂."""
    first, second = weights
    hidden = np.tanh(x @ first)
    errors = (hidden @ second - targets) * x.dtype.type(2.0 / targets.size)
    back = (errors @ second.T) * (1 - hidden * hidden)
    return x.T @ back, hidden.T @ errors


class _Training:
    """Plain gradient descent over batches in a fixed order; weights are kept in `dtype`."""

    def __init__(
        self, gradients: Gradients, start: Weights, data: tuple[Array, Array], dtype: type
    ) -> None:
        self._gradients = gradients
        self._data: tuple[Array, Array] = (data[0].astype(dtype), data[1].astype(dtype))
        self._rate = dtype(_LEARNING_RATE)
        self.weights: Weights = (start[0].astype(dtype), start[1].astype(dtype))

    def step(self, number: int) -> None:
        """Take one step."""
        begin = (number * _BATCH) % _SAMPLES
        x, targets = (part[begin : begin + _BATCH] for part in self._data)
        with np.errstate(all="ignore"):
            to_first, to_second = self._gradients(x, self.weights, targets)
            first, second = self.weights
            self.weights = (first - self._rate * to_first, second - self._rate * to_second)


def _trained(
    gradients: Gradients, start: Weights, data: tuple[Array, Array], dtype: type
) -> list[Weights]:
    training = _Training(gradients, start, data, dtype)
    told = []
    for step in range(1, STEPS + 1):
        training.step(step)
        if step % _TOLD_EVERY == 0:
            told.append(training.weights)
    return told


def _distances(true: list[Weights], others: list[Weights]) -> tuple[float, ...]:
    return tuple(_distance(a, b) for a, b in zip(true, others))


def _distance(true: Weights, other: Weights) -> float:
    with np.errstate(all="ignore"):
        apart = sum(float(np.sum((a - b.astype(np.float64)) ** 2)) for a, b in zip(true, other))
        size = sum(float(np.sum(a**2)) for a in true)
        return float(np.sqrt(apart / size))


def _task(seed: int) -> tuple[Weights, tuple[Array, Array]]:
    """Return weights to start from, and inputs with what a network of random weights makes of them.

    All are numbers of float32, so that every arithmetic starts from the same ones.
    """
    rng = np.random.default_rng([seed, 300])

    def draw(*shape: int) -> Array:
        return rng.standard_normal(shape).astype(np.float32).astype(np.float64)

    inputs = draw(_SAMPLES, _INPUTS)
    teacher = np.tanh(inputs @ draw(_INPUTS, _HIDDEN) / 4) @ draw(_HIDDEN, _OUTPUTS) / 8
    targets = teacher.astype(np.float32).astype(np.float64)
    start = (draw(_INPUTS, _HIDDEN) / 8, draw(_HIDDEN, _OUTPUTS) / 8)
    return start, (inputs, targets)
