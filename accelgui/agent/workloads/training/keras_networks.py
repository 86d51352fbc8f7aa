"""The sample networks in Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from accelgui.agent.workloads.training.networks import (
    CLASSES,
    IMAGE_SIDE,
    KERNEL_SIDE,
    NORM_EPSILON,
    initial_weights,
    weights_of,
)

if TYPE_CHECKING:
    from accelgui.agent.workloads.training.networks import Encoder, Network

keras = tf.keras
layers = keras.layers


def build(network: Network) -> Any:
    """Return the network as a Keras model from images [n, 28, 28, 1] to logits [n, 10]."""
    image = keras.Input((IMAGE_SIDE, IMAGE_SIDE, 1))
    x = _features(network, image)
    if network.dropout:
        x = layers.Dropout(network.dropout)(x)
    for units in network.hidden:
        x = layers.Dense(units, activation="relu")(x)
    # Softmax and loss in float32 whatever the policy: in half precision they under- and overflow.
    logits = layers.Dense(CLASSES, dtype="float32")(x)
    return keras.Model(image, logits, name=network.name)


def set_weights(model: Any, network: Network, seed: int) -> None:
    """Give the model the weights that every framework starts from.

    Keras keeps the heads of attention apart, [width, heads, width ÷ heads]: another shape, the same
    order.
    """
    weights = initial_weights(weights_of(network), seed)
    model.set_weights([
        weight.reshape(variable.shape) for weight, variable in zip(weights, model.trainable_weights)
    ])


def _features(network: Network, image: Any) -> Any:
    if network.encoder:
        return _encoded(network.encoder, image)
    if network.recurrent_units:
        rows = layers.Reshape((IMAGE_SIDE, IMAGE_SIDE))(image)
        return layers.LSTM(network.recurrent_units)(rows)
    x = image
    for filters in network.convolutions:
        x = layers.Conv2D(filters, KERNEL_SIDE, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    return layers.Flatten()(x)


def _encoded(encoder: Encoder, image: Any) -> Any:
    side = encoder.patch_side
    across = IMAGE_SIDE // side
    x = layers.Reshape((across, side, across, side))(image)
    x = layers.Permute((1, 3, 2, 4))(x)
    x = layers.Reshape((encoder.tokens, side * side))(x)
    # A bias for each token is its position: a stock layer, so that a saved network loads anywhere.
    shape = (encoder.tokens, encoder.width)
    x = layers.EinsumDense("btp,pw->btw", output_shape=shape, bias_axes="tw")(x)
    for _ in range(encoder.blocks):
        normed = layers.LayerNormalization(epsilon=NORM_EPSILON)(x)
        attention = layers.MultiHeadAttention(encoder.heads, encoder.width // encoder.heads)
        x = layers.Add()([x, attention(normed, normed)])
        normed = layers.LayerNormalization(epsilon=NORM_EPSILON)(x)
        hidden = layers.Dense(encoder.hidden, activation="relu")(normed)
        x = layers.Add()([x, layers.Dense(encoder.width)(hidden)])
    x = layers.LayerNormalization(epsilon=NORM_EPSILON)(x)
    return layers.GlobalAveragePooling1D()(x)
