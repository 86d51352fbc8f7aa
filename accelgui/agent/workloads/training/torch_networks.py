"""The sample networks in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from accelgui.agent.workloads.training.networks import (
    CLASSES,
    IMAGE_SIDE,
    KERNEL_SIDE,
    NORM_EPSILON,
    initial_weights,
    weights_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.training.networks import Encoder, Network


def build(network: Network) -> Any:
    """Return the network as a module from images [n, 1, 28, 28] to logits [n, 10]."""
    layers: list[Any] = [_Rows(network.recurrent_units)] if network.recurrent_units else []
    layers += [_Encoder(network.encoder)] if network.encoder else []
    channels = (1, *network.convolutions)
    for before, after in zip(channels, network.convolutions):
        layers += [nn.Conv2d(before, after, KERNEL_SIDE), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Flatten(), *([nn.Dropout(network.dropout)] if network.dropout else [])]
    before = weights_of(network)[-2 * (len(network.hidden) + 1)].shape[0]
    for units in network.hidden:
        layers += [nn.Linear(before, units), nn.ReLU()]
        before = units
    return nn.Sequential(*layers, nn.Linear(before, CLASSES))


def trained(model: Any) -> list[Any]:
    """Return the parameters that are trained."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def set_weights(model: Any, network: Network, seed: int) -> None:
    """Give the module the weights that every framework starts from."""
    arrays = _placed(network, initial_weights(weights_of(network), seed))
    with torch.no_grad():
        for parameter, array in zip(trained(model), arrays):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))


class _Rows(nn.Module):  # type: ignore[misc]
    """An LSTM over the rows of an image; returns its last output, [n, units]."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(IMAGE_SIDE, units, batch_first=True)
        # PyTorch adds a second bias to the first: trained as well, it would learn twice as fast.
        self.lstm.bias_hh_l0.requires_grad_(False).zero_()

    def forward(self, image: Any) -> Any:
        outputs, _ = self.lstm(image.flatten(1, 2))
        return outputs[:, -1]


class _Encoder(nn.Module):  # type: ignore[misc]
    """A Transformer encoder over the patches of an image; returns the mean token, [n, width]."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.side = encoder.patch_side
        self.embed = nn.Linear(self.side**2, encoder.width, bias=False)
        self.positions = nn.Parameter(torch.empty(encoder.tokens, encoder.width))
        self.blocks = nn.ModuleList(_Block(encoder) for _ in range(encoder.blocks))
        self.norm = nn.LayerNorm(encoder.width, eps=NORM_EPSILON)

    def forward(self, image: Any) -> Any:
        x = nn.functional.unfold(image, self.side, stride=self.side).transpose(1, 2)
        x = self.embed(x) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x).mean(dim=1)


class _Block(nn.Module):  # type: ignore[misc]
    """One block of the encoder."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        width = encoder.width
        self.norm_1 = nn.LayerNorm(width, eps=NORM_EPSILON)
        self.attention = nn.MultiheadAttention(width, encoder.heads, batch_first=True)
        self.norm_2 = nn.LayerNorm(width, eps=NORM_EPSILON)
        self.dense_1 = nn.Linear(width, encoder.hidden)
        self.dense_2 = nn.Linear(encoder.hidden, width)

    def forward(self, x: Any) -> Any:
        normed = self.norm_1(x)
        x = x + self.attention(normed, normed, normed, need_weights=False)[0]
        return x + self.dense_2(torch.relu(self.dense_1(self.norm_2(x))))


def _placed(network: Network, arrays: list[Any]) -> Iterator[Any]:
    """Yield weights of the NHWC network for this NCHW one, so that both compute the same."""
    if network.encoder:
        yield from _of_encoder(network.encoder, arrays)
        return
    channels = 1
    for array in arrays:
        if array.ndim == 4:
            channels = array.shape[-1]
            yield array.transpose(3, 2, 0, 1)
        elif array.ndim == 2:
            by_pixel = array.reshape(-1, channels, array.shape[1])
            channels = 1
            yield by_pixel.transpose(2, 1, 0).reshape(array.shape[1], -1)
        else:
            yield array


def _of_encoder(encoder: Encoder, arrays: list[Any]) -> Iterator[Any]:
    """Yield them in the order of `_Encoder`; query, key and value are one array here."""
    turned = [array.T if array.ndim == 2 else array for array in arrays]
    embed, positions, *left = turned
    # A parameter of the module itself comes before those of its parts.
    yield from (positions.T, embed)
    for _ in range(encoder.blocks):
        *norm_1, query, b_query, key, b_key, value, b_value, out, b_out = left[:10]
        yield from norm_1
        yield np.concatenate([query, key, value])
        yield np.concatenate([b_query, b_key, b_value])
        yield from (out, b_out, *left[10:16])
        left = left[16:]
    yield from left
