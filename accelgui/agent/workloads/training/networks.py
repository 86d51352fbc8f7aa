"""The sample networks, and the weights that they start from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from collections.abc import Sequence

IMAGE_SIDE = 28
KERNEL_SIDE = 5

# Small batches would make validation the larger part of a short epoch.
VALIDATION_BATCH_SIZE = 256
CLASSES = 10

# Of layer normalisation; the frameworks' own defaults differ.
NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class Encoder:
    """A Transformer encoder whose tokens are square patches of the image.

    Each patch goes through a dense layer to `width` numbers, whose bias is a learned vector for
    each position. Each of the blocks normalises before attention and before its two dense layers
    (ReLU between them), and adds what it was given (Xiong et al. 2020: no warm-up needed). The
    mean over the normalised tokens goes to the last dense layer.
    """

    patch_side: int
    width: int
    heads: int
    hidden: int
    blocks: int

    @property
    def tokens(self) -> int:
        """How many patches an image has."""
        patches: int = (IMAGE_SIDE // self.patch_side) ** 2
        return patches


@dataclass(frozen=True)
class Network:
    """A network on 28 × 28 grey images; a last dense layer of 10 logits.

    `convolutions`: 5 × 5, each followed by ReLU and 2 × 2 max pooling. `recurrent_units`: an LSTM
    that reads the image row by row; its last output counts. `encoder`: instead of both. Then
    dropout and the `hidden` dense layers with ReLU.

    `learning_rate` is what Adam starts with; it falls to 0 along half a cosine, so that the last
    epochs no longer jump about. `expected_accuracy` is what 10 epochs on the built-in digits at
    batch 32 reach wherever the arithmetic is right. On a CPU, in the three frameworks with seed 0:
    97.3 to 97.5 % (mlp), 98.1 to 98.6 % (cnn, seeds 0 to 2), 96.2 to 97.5 % (lstm), 96.7 to 97.8 %
    (transformer).
    """

    name: str
    learning_rate: float
    expected_accuracy: float
    convolutions: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    dropout: float = 0
    recurrent_units: int = 0
    encoder: Optional[Encoder] = None


NETWORKS = {
    network.name: network
    for network in (
        Network("mlp", learning_rate=3e-3, expected_accuracy=0.95, hidden=(128,)),
        Network(
            "cnn",
            learning_rate=5e-3,
            expected_accuracy=0.98,
            convolutions=(16, 32),
            hidden=(128,),
            dropout=0.3,
        ),
        Network("lstm", learning_rate=5e-3, expected_accuracy=0.95, recurrent_units=128),
        Network(
            "transformer",
            learning_rate=3e-3,
            expected_accuracy=0.95,
            encoder=Encoder(patch_side=7, width=64, heads=4, hidden=128, blocks=2),
        ),
    )
}


@dataclass(frozen=True)
class Weight:
    """What an array of weights looks like, and the number that it starts from.

    None starts a kernel ([in, out], or [height, width, in, out]) uniform within
    ±√(6 / (fan in + fan out)) (Glorot and Bengio 2010, Keras' default).
    """

    shape: tuple[int, ...]
    start: Optional[float] = None


def weights_of(network: Network) -> list[Weight]:
    """Return what the network trains, in order, for the NHWC layout.

    Pixels come before channels where the last pooling is flattened. The gates of the LSTM are, in
    order, input, forget, cell and output; it has one bias. A block of the encoder has scale and
    offset of its norm, then kernel and bias of query, key, value and output; scale and offset of
    the second norm, then kernel and bias of both dense layers.
    """
    weights: list[Weight] = []
    side, channels = IMAGE_SIDE, 1
    for filters in network.convolutions:
        weights += _affine(KERNEL_SIDE, KERNEL_SIDE, channels, filters)
        side, channels = (side - KERNEL_SIDE + 1) // 2, filters
    units_before = side * side * channels
    if network.recurrent_units:
        units_before = network.recurrent_units
        weights += _lstm(units_before)
    if network.encoder:
        units_before = network.encoder.width
        weights += _encoder(network.encoder)
    for units in (*network.hidden, CLASSES):
        weights += _affine(units_before, units)
        units_before = units
    return weights


def _affine(*kernel: int) -> list[Weight]:
    return [Weight(kernel), Weight(kernel[-1:], 0)]


def _lstm(units: int) -> list[Weight]:
    gates = 4 * units
    return [Weight((IMAGE_SIDE, gates)), Weight((units, gates)), Weight((gates,), 0)]


def _encoder(encoder: Encoder) -> list[Weight]:
    width = encoder.width
    norm = [Weight((width,), 1), Weight((width,), 0)]
    block = [*norm, *4 * _affine(width, width)]
    block += [*norm, *_affine(width, encoder.hidden), *_affine(encoder.hidden, width)]
    patches = [Weight((encoder.patch_side**2, width)), Weight((encoder.tokens, width))]
    return [*patches, *encoder.blocks * block, *norm]


def initial_weights(weights: Sequence[Weight], seed: int) -> list[Any]:
    """Return float32 arrays, the same on every device and in every framework."""
    import numpy as np

    generator = np.random.default_rng(seed)
    arrays = []
    for weight in weights:
        shape = weight.shape
        if weight.start is not None:
            arrays.append(np.full(shape, weight.start, np.float32))
            continue
        field = math.prod(shape[:-2])
        limit = math.sqrt(6 / (field * (shape[-2] + shape[-1])))
        arrays.append(generator.uniform(-limit, limit, shape).astype(np.float32))
    return arrays
