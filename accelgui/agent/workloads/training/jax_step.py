"""The loss of a network and its Adam as pure functions for JAX to differentiate and compile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Optional

import jax
import jax.numpy as jnp
import numpy as np

# Adam as Keras has it (Kingma and Ba 2015, with the ε of the last remark of section 2).
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7

# float16 gradients underflow unless the loss is scaled: up after this many good steps, down at
# once (Micikevicius et al. 2018; the figures are Keras').
_FIRST_SCALE = 2.0**15
_STEPS_TO_GROW = 2000


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Return the cross-entropy of each sample."""
    chances = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(chances, labels[:, None], axis=1)[:, 0]


@dataclass(frozen=True)
class Learner:
    """What a step differentiates, and how fast it learns.

    `forward(weights, images, half, dropout_key)` returns the logits [n, classes] in float32,
    without dropout where the key is None; `losses(logits, labels)` the loss of each sample.
    Without `has_dropout` there never is a key: making one in each step takes time.
    """

    forward: Callable[[list[Any], Any, Optional[str], Any], Any]
    learning_rate: float
    losses: Callable[[Any, Any], Any] = cross_entropy
    has_dropout: bool = True


def first_state(weights: list[Any], half: Optional[str], seed: int) -> dict[str, Any]:
    """Return what a step passes on to the next one, before the first."""
    scale = _FIRST_SCALE if half == "float16" else 1.0
    return {
        "weights": weights,
        "mean": [np.zeros_like(weight) for weight in weights],
        "square": [np.zeros_like(weight) for weight in weights],
        "updates": np.int32(0),
        "scale": np.float32(scale),
        "good_steps": np.int32(0),
        "key": np.asarray(jax.random.PRNGKey(seed)),
    }


def step(
    learner: Learner,
    steps: int,
    half: Optional[str],
    state: dict[str, Any],
    sums: Any,
    images: Any,
    labels: Any,
    rows: Any,
    counts: Any,
) -> tuple[dict[str, Any], Any]:
    """Do one step on the `rows` whose `counts` are 1; `half` is a dtype, None for float32.

    Returns the new state, and `sums` with the losses and the number of right answers added.
    """
    key, dropout_key = state["key"], None
    if learner.has_dropout:
        key, dropout_key = jax.random.split(key)
    # A scale that is not known to be 1 costs a pass over all gradients.
    scale = state["scale"] if half == "float16" else 1.0

    def scaled_loss(weights: list[Any]) -> tuple[Any, Any]:
        logits = learner.forward(weights, images[rows], half, dropout_key)
        losses, right = _losses(learner, logits, labels[rows])
        told = jnp.stack([(losses * counts).sum(), (right * counts).sum()])
        return scale * told[0] / counts.sum(), told

    gradients, told = jax.grad(scaled_loss, has_aux=True)(state["weights"])
    gradients = [gradient / scale for gradient in gradients]
    finite = jnp.stack([jnp.isfinite(gradient).all() for gradient in gradients]).all()
    updated = _adam(learner.learning_rate, steps, state, gradients)
    if half == "float16":
        kept = {name: state[name] for name in updated}
        updated = jax.tree_util.tree_map(partial(jnp.where, finite), updated, kept)
        updated |= _next_scale(state, finite)
    return {**state, **updated, "key": key}, sums + told


def _adam(
    learning_rate: float, steps: int, state: dict[str, Any], gradients: list[Any]
) -> dict[str, Any]:
    done = state["updates"].astype(jnp.float32)
    rate = learning_rate * 0.5 * (1 + jnp.cos(jnp.pi * jnp.minimum(done / steps, 1)))
    rate *= jnp.sqrt(1 - _BETA_2 ** (done + 1)) / (1 - _BETA_1 ** (done + 1))
    mean = [_BETA_1 * m + (1 - _BETA_1) * g for m, g in zip(state["mean"], gradients)]
    square = [_BETA_2 * s + (1 - _BETA_2) * g * g for s, g in zip(state["square"], gradients)]
    moved = zip(state["weights"], mean, square)
    weights = [w - rate * m / (jnp.sqrt(s) + _EPSILON) for w, m, s in moved]
    return {"weights": weights, "mean": mean, "square": square, "updates": state["updates"] + 1}


def _next_scale(state: dict[str, Any], finite: Any) -> dict[str, Any]:
    good_steps = jnp.where(finite, state["good_steps"] + 1, 0)
    grow = good_steps >= _STEPS_TO_GROW
    grown = jnp.where(grow, state["scale"] * 2, state["scale"])
    return {
        "scale": jnp.where(finite, grown, state["scale"] / 2),
        "good_steps": jnp.where(grow, 0, good_steps),
    }


def judge(
    learner: Learner,
    half: Optional[str],
    weights: list[Any],
    images: Any,
    labels: Any,
    rows: Any,
    counts: Any,
) -> Any:
    """Return the sum of losses and the number of right answers of the `rows` that count."""
    logits = learner.forward(weights, images[rows], half, None)
    losses, right = _losses(learner, logits, labels[rows])
    return jnp.stack([(losses * counts).sum(), (right * counts).sum()])


def _losses(learner: Learner, logits: Any, labels: Any) -> tuple[Any, Any]:
    """Return the loss of each sample, and 1 where the answer is right."""
    return learner.losses(logits, labels), (logits.argmax(axis=1) == labels).astype(jnp.float32)
