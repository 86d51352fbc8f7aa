"""Real data for the operations. Each function stands on its own, as reproducers quote it."""

# ruff: noqa: ARG001 - All are called alike.

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.agent.workloads.precision.formats import Array, Format

Shapes = tuple[tuple[int, ...], ...]


def normal(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw from N(0, 1): rounding that truncates is biased on data that are not of mean zero."""
    return [rng.standard_normal(shape) for shape in shapes]


def logits(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw what goes into a softmax."""
    return [3.0 * rng.standard_normal(shape) for shape in shapes]


def layers(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw activations that are not centred, scales around 1, and offsets."""
    data, scale, offset = shapes
    return [
        0.5 + 2.0 * rng.standard_normal(data),
        1.0 + 0.25 * rng.standard_normal(scale),
        rng.standard_normal(offset),
    ]


def exponents(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw what exp gives normal, finite numbers for: subnormal ones may be flushed."""
    low, high = (form.emin + 1) * np.log(2.0), np.log(form.largest) * 0.995
    return [rng.uniform(low, high, shape) for shape in shapes]


def positives(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw all magnitudes, and every other one close to 1, where log loses its digits."""
    (shape,) = shapes
    wide = rng.uniform(form.emin + 1, np.log2(form.largest) - 1, shape)
    close = rng.uniform(-1.0, 1.0, shape) * 2.0 ** -rng.uniform(0, form.bits, shape)
    return [np.exp2(np.where(rng.random(shape) < 0.5, wide, close))]


def mild_positives(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw positive numbers whose powers stay in range."""
    return [2.0 ** rng.uniform(-4, 4, shape) for shape in shapes]


def slopes(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw from where tanh(x) and erf(x) are proportional to x to where they are 1."""
    (shape,) = shapes
    size = 2.0 ** rng.uniform(max(form.emin + 2, -30), 4, shape)
    return [rng.choice((-1.0, 1.0), shape) * size]


def steps(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw what sigmoid gives normal numbers for."""
    reach = -0.95 * (form.emin + 1) * np.log(2.0)
    return [rng.uniform(-reach, min(reach, 40.0), shape) for shape in shapes]


def angles(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw angles of up to 32 turns, half of them small."""
    (shape,) = shapes
    small = 2.0 ** rng.uniform(max(form.emin + 2, -20), 0, shape)
    size = np.where(rng.random(shape) < 0.5, small, rng.uniform(0, 200, shape))
    return [rng.choice((-1.0, 1.0), shape) * size]


def quotients(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw pairs of all signs and many magnitudes whose products and quotients are normal."""
    reach = min(20.0, (-form.emin - 2) / 3.0)
    return [
        rng.choice((-1.0, 1.0), shape) * 2.0 ** rng.uniform(-reach, reach, shape)
        for shape in shapes
    ]


def rows(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw a table and indices of its rows."""
    table, indices = shapes
    return [rng.standard_normal(table), rng.integers(0, table[0], indices)]


def updates(rng: np.random.Generator, shapes: Shapes, form: Format) -> Sequence[Array]:
    """Draw a table, indices of its rows, many of them more than once, and what to add there."""
    table, indices, added = shapes
    return [
        rng.standard_normal(table),
        rng.integers(0, table[0], indices),
        rng.standard_normal(added),
    ]
