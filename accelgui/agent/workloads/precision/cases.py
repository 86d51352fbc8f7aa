"""What is checked: operation × dtype × tier × shape."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.backends.base import OPERATIONS
from accelgui.agent.workloads.precision.inputs import exact_sum_limit, integers, reals
from accelgui.agent.workloads.precision.references import CONTRACTIONS

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.formats import Array

TIERS = ("exact", "bound", "repeat")
LEVELS = ("quick", "full")

Shapes = tuple[tuple[int, ...], ...]

# 256 terms are what bfloat16 adds exactly; TF32 in place of float32 is most visible in short sums.
_QUICK: dict[str, tuple[Shapes, ...]] = {
    "matmul": (((256, 256), (256, 256)),),
    "conv2d": (((2, 32, 32, 16), (3, 3, 16, 32)),),
    "sum": (((256, 256),),),
    "softmax": (((256, 128),),),
    "exp": (((65536,),),),
    "log": (((65536,),),),
    "tanh": (((65536,),),),
}

# Odd sizes leave remainders at every tile; the first convolution of a ResNet; a long thin product.
_MORE: dict[str, tuple[Shapes, ...]] = {
    "matmul": (
        ((129, 255), (255, 65)),
        ((512, 1024), (1024, 512)),
        ((48, 4096), (4096, 48)),
        ((1, 777), (777, 1)),
    ),
    "conv2d": (
        ((1, 57, 43, 3), (7, 7, 3, 24)),
        ((4, 28, 28, 64), (3, 3, 64, 64)),
        ((2, 15, 17, 255), (1, 1, 255, 33)),
    ),
    "sum": (((1001, 255),), ((16, 65536),)),
    "softmax": (((64, 1000),), ((3, 50257),)),
    "exp": (((1000003,),),),
    "log": (((1000003,),),),
    "tanh": (((1000003,),),),
}

# Where the hardware has TF32, only products are made in it.
_TF32_OPERATIONS = ("matmul", "conv2d")


@dataclass(frozen=True)
class Case:
    """One row to be: an operation in a dtype on operands of `shapes`, judged in one way."""

    operation: str
    dtype: str
    tier: str
    shapes: Shapes

    @property
    def label(self) -> str:
        """The shapes for people: 256×512 · 512×256."""
        return " · ".join("×".join(map(str, shape)) for shape in self.shapes)

    @property
    def stride(self) -> int:
        """The stride of a convolution.

        2 where the result has to be exact: libraries multiply convolutions of stride 1 by
        Winograd's or Fourier's way too, which divide by 6 and 24 or rotate, and are right.
        """
        return 2 if self.operation == "conv2d" and self.tier == "exact" else 1

    @property
    def terms(self) -> int:
        """How many products, or values, each element of a contraction's result is the sum of."""
        last = self.shapes[-1]
        return last[-1] if self.operation == "sum" else math.prod(last[:-1])

    def operands(self, seed: int) -> tuple[Array, ...]:
        """Return the operands, the same for the same seed, whatever other cases there are.

        "bound" and "repeat" share theirs.
        """
        kind = "integers" if self.tier == "exact" else "reals"
        name = f"{self.operation} {self.dtype} {kind} {self.label}"
        rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        if self.tier == "exact":
            return integers(rng, self.dtype, self.shapes, self.terms)
        return reals(rng, self.operation, self.dtype, self.shapes)


def plan(level: str, dtypes: tuple[str, ...]) -> list[Case]:
    """Return all cases of a level for the dtypes of a device, in the order of the table."""
    return [
        Case(operation, dtype, tier, shapes)
        for operation in OPERATIONS
        for shapes in _shapes(level, operation)
        for dtype in dtypes
        for tier in TIERS
        if _makes_sense(Case(operation, dtype, tier, shapes))
    ]


def _shapes(level: str, operation: str) -> tuple[Shapes, ...]:
    return _QUICK[operation] + (_MORE[operation] if level == "full" else ())


def _makes_sense(case: Case) -> bool:
    if case.dtype == "tf32" and case.operation not in _TF32_OPERATIONS:
        return False
    if case.tier != "exact":
        return True
    return case.operation in CONTRACTIONS and case.terms <= exact_sum_limit(case.dtype)
