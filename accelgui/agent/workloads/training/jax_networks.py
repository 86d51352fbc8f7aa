"""The sample networks as pure functions for JAX."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Optional

import jax
import jax.numpy as jnp

from accelgui.agent.workloads.training.networks import IMAGE_SIDE, NORM_EPSILON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.networks import Encoder, Network


def forward(
    network: Network,
    weights: list[Any],
    x: Any,
    half: Optional[str] = None,
    dropout_key: Any = None,
) -> Any:
    """Return the logits [n, 10] in float32 of images [n, 28, 28, 1]; with a key, with dropout."""
    element = half or "float32"
    *inner, last_kernel, last_bias = weights
    left = iter([weight.astype(element) for weight in inner])
    x = _features(network, left, x.astype(element))
    if dropout_key is not None and network.dropout:
        keep = jax.random.bernoulli(dropout_key, 1 - network.dropout, x.shape)
        x = jnp.where(keep, x / (1 - network.dropout), 0).astype(element)
    for _ in network.hidden:
        x = jax.nn.relu(_affine(left, x))
    # Softmax and loss in float32: in half precision they under- and overflow.
    return x.astype("float32") @ last_kernel + last_bias


def _affine(weights: Iterator[Any], x: Any) -> Any:
    return x @ next(weights) + next(weights)


def _features(network: Network, weights: Iterator[Any], x: Any) -> Any:
    if network.encoder:
        return _encoded(network.encoder, weights, x)
    if network.recurrent_units:
        return _read_rows(weights, x[..., 0])
    for _ in network.convolutions:
        x = _pooled(jax.nn.relu(_convolved(x, next(weights)) + next(weights)))
    return x.reshape(x.shape[0], -1)


def _convolved(x: Any, kernel: Any) -> Any:
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=layout)


def _pooled(x: Any) -> Any:
    batch, height, width, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def _read_rows(weights: Iterator[Any], rows: Any) -> Any:
    """Return the last output of the LSTM (Hochreiter and Schmidhuber 1997, with forget gate)."""
    kernel, recurrent, bias = next(weights), next(weights), next(weights)
    # What the rows bring to the gates is one product, outside of the loop.
    brought = (rows @ kernel + bias).swapaxes(0, 1)
    nothing = jnp.zeros((rows.shape[0], recurrent.shape[0]), rows.dtype)

    def read(state: tuple[Any, Any], row: Any) -> tuple[tuple[Any, Any], None]:
        output, cell = state
        entry, forget, new, exit_ = jnp.split(row + output @ recurrent, 4, axis=1)
        cell = jax.nn.sigmoid(forget) * cell + jax.nn.sigmoid(entry) * jnp.tanh(new)
        return (jax.nn.sigmoid(exit_) * jnp.tanh(cell), cell), None

    (output, _), _ = jax.lax.scan(read, (nothing, nothing), brought)
    return output


def _encoded(encoder: Encoder, weights: Iterator[Any], x: Any) -> Any:
    side = encoder.patch_side
    across = IMAGE_SIDE // side
    patches = x.reshape(-1, across, side, across, side).swapaxes(2, 3)
    x = _affine(weights, patches.reshape(-1, encoder.tokens, side * side))
    for _ in range(encoder.blocks):
        x = x + _attention(encoder.heads, weights, _normed(weights, x))
        normed = _normed(weights, x)
        x = x + _affine(weights, jax.nn.relu(_affine(weights, normed)))
    return _normed(weights, x).mean(axis=1)


def _attention(heads: int, weights: Iterator[Any], x: Any) -> Any:
    batch, tokens, width = x.shape
    by_head = (batch, tokens, heads, width // heads)
    query, key, value = (_affine(weights, x).reshape(by_head) for _ in range(3))
    scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / math.sqrt(width // heads)
    # Exponentials and their sum in float32, as the other frameworks have them.
    shares = jax.nn.softmax(scores.astype("float32")).astype(x.dtype)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", shares, value)
    return _affine(weights, mixed.reshape(batch, tokens, width))


def _normed(weights: Iterator[Any], x: Any) -> Any:
    wide = x.astype("float32")
    centred = wide - wide.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    normed = centred * jax.lax.rsqrt(variance + NORM_EPSILON)
    return normed.astype(x.dtype) * next(weights) + next(weights)
