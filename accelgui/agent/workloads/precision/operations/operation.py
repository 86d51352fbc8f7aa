"""What the checks know of one operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable, Optional

import numpy as np

from accelgui.agent.workloads.precision.formats import Array, Format
from accelgui.agent.workloads.precision.running_error import Running

Shapes = tuple[tuple[int, ...], ...]
Draw = Callable[[np.random.Generator, Shapes, Format], Sequence[Array]]


@dataclass(frozen=True)
class Operation:
    """How operands are drawn and what the result, and the gradients, should be.

    `forward` takes the operands and the stride; `gradient` the cotangent before them and returns
    one gradient for each floating operand. `draw` has to stand on its own, with nothing but
    `math` and `np`: its text becomes part of reproducers. Indices come as arrays of integers.
    """

    name: str
    draw: Draw
    forward: Callable[..., Running]
    gradient: Optional[Callable[..., tuple[Running, ...]]] = None
    quick: tuple[Shapes, ...] = ()
    full: tuple[Shapes, ...] = ()
    # Where slopes overflow long before values do.
    gradient_draw: Optional[Draw] = None
    # Contractions of integers have one right answer.
    takes_integers: bool = False
    # Nothing is rounded: one right answer whatever the data.
    is_exact: bool = False
    # Its products are made in TF32 where that is on.
    has_tf32: bool = False
    # Checked in all dtypes at the quick level too, not in float32 only.
    is_core: bool = False
