"""What is checked: operation × dtype × tier × shape."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import numpy as np

from accelgui.agent.backends.base import NARROW_DTYPES
from accelgui.agent.workloads.precision.inputs import (
    exact_sum_limit,
    integers,
    largest_integer,
    reals,
    rounded,
)
from accelgui.agent.workloads.precision.operations import OPERATIONS, Operation
from accelgui.agent.workloads.precision.operations.operation import Shapes
from accelgui.agent.workloads.precision.special import FULL_ONLY, SPECIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.workloads.precision.formats import Array

TIERS = (
    "exact",
    "bound",
    "repeat",
    "gradient",
    "special",
    "entries",
    "projection",
    "statistics",
)
LEVELS = ("quick", "full", "soak")

# Products too large for a reference are checked by what they do to vectors.
_PROJECTED = ((4096, 4096), (4096, 4096))
_SMALL_PROJECTED = ((1536, 1536), (1536, 1536))
_ENTRIES = ((64, 256), (256, 48))
_NARROW_PRODUCT = ((40, 8), (8, 24))
_DRAWN = 200_000

# What takes XLA longest to compile, of operations whose parts are checked by themselves as well.
_SLOW_GRADIENTS = ("attention", "batch_norm", "layer_norm", "average_pool")

# The second pass over an image is where strides go wrong.
_STRIDED = ((4, 28, 28, 64), (3, 3, 64, 64))


@dataclass(frozen=True)
class Case:
    """One row to be: an operation in a dtype on operands of `shapes`, judged in one way."""

    operation: str
    dtype: str
    tier: str
    shapes: Shapes = ()
    # Which of SPECIAL, where it is one.
    special: str = ""

    @property
    def label(self) -> str:
        """The shapes for people: 256×512 · 512×256. Special values have names instead."""
        if self.special:
            return self.special
        return " · ".join("×".join(map(str, shape)) for shape in self.shapes)

    @property
    def stride(self) -> int:
        """The stride of a convolution.

        2 where the result has to be exact: libraries multiply convolutions of stride 1 by
        Winograd's or Fourier's way too, which divide by 6 and 24 or rotate, and are right.
        """
        if not self.operation.startswith("conv2d"):
            return 1
        return 2 if self.tier == "exact" or self.shapes == _STRIDED else 1

    @property
    def terms(self) -> int:
        """How many products, or values, each element of a contraction's result is the sum of."""
        last = self.shapes[-1]
        if self.operation in {"sum", "cumsum"}:
            return last[-1]
        return last[-2] if self.operation == "matmul" else math.prod(last[:-1])

    @property
    def definition(self) -> Optional[Operation]:
        """What is known of the operation; None for those with a check of their own."""
        return OPERATIONS.get(self.operation)

    @property
    def has_integers(self) -> bool:
        """Whether operands are integers, so that there is one right answer."""
        return self.tier in {"exact", "entries"} and not (
            self.definition is not None and self.definition.is_exact
        )

    @property
    def largest_integer(self) -> int:
        """Up to where operands go that are integers."""
        return largest_integer(self.dtype, len(self.shapes), self.terms)

    def rng(self, seed: int) -> np.random.Generator:
        """Return the generator of the operands, the same whatever other cases there are.

        "bound" and "repeat" share theirs.
        """
        return np.random.default_rng([seed, self.salt])

    @property
    def salt(self) -> int:
        """What tells this case's generator from others'."""
        kind = "integers" if self.has_integers else "reals"
        name = f"{self.operation} {self.dtype} {kind} {self.label}"
        return zlib.crc32(name.encode())

    def operands(self, seed: int) -> tuple[Array, ...]:
        """Return the operands, the same for the same seed."""
        rng = self.rng(seed)
        if self.has_integers:
            return integers(rng, self.dtype, self.shapes, self.terms)
        definition = OPERATIONS[self.operation]
        draw = definition.draw
        if self.tier == "gradient" and definition.gradient_draw is not None:
            draw = definition.gradient_draw
        return reals(rng, draw, self.dtype, self.shapes)

    def cotangent(self, seed: int, shape: tuple[int, ...]) -> Array:
        """Return the weights of the results whose sum is differentiated."""
        rng = np.random.default_rng([seed, self.salt, 1])
        return rounded([rng.standard_normal(shape)], self.dtype)[0]


def plan(level: str, dtypes: tuple[str, ...]) -> list[Case]:
    """Return all cases of a level for the dtypes of a device, in the order of the table."""
    cases = [
        Case(name, dtype, tier, shapes)
        for name, operation in OPERATIONS.items()
        for shapes in operation.quick + (operation.full if level == "full" else ())
        for dtype in dtypes
        for tier in ("exact", "bound", "repeat", "gradient")
        if _makes_sense(Case(name, dtype, tier, shapes), level)
    ]
    return cases + [case for case in _other(level) if case.dtype in {*dtypes, *NARROW_DTYPES}]


def _other(level: str) -> Iterator[Case]:
    is_full = level == "full"
    wide = ("float64", "float32", "float16", "bfloat16")
    for dtype in wide if is_full else ("float32",):
        yield Case("matmul", dtype, "entries", _ENTRIES)
        for name, special in SPECIAL.items():
            if is_full or name not in FULL_ONLY:
                yield Case(special.operation, dtype, "special", special=name)
    yield Case("matmul", "float32", "projection", _PROJECTED if is_full else _SMALL_PROJECTED)
    if is_full:
        yield Case("matmul", "tf32", "projection", _PROJECTED)
        yield Case("matmul", "float64", "projection", _SMALL_PROJECTED)
        for dtype in NARROW_DTYPES:
            yield Case("matmul", dtype, "exact", _NARROW_PRODUCT)
    for dtype in ("float16", "bfloat16", *NARROW_DTYPES[:2]):
        yield Case("cast", dtype, "exact", ((20_000,),))
    for kind in ("uniform", "normal"):
        yield Case(kind, "float32", "statistics", ((_DRAWN,),))


def _makes_sense(case: Case, level: str) -> bool:
    operation = OPERATIONS[case.operation]
    if case.dtype == "tf32":
        return operation.has_tf32 and _fits(case, operation)
    if case.operation == "attention" and case.dtype == "float64":
        return False  # JAX takes its softmax in float32 whatever it is given, and says so.
    if level != "full" and case.dtype != "float32" and not operation.is_core:
        return False
    if case.tier == "gradient":
        # Gradients of halves are those of products; the rest is the same code in fewer digits.
        others = {"float64"} if not operation.has_tf32 else {"float64", "float16", "bfloat16"}
        if level != "full" and case.operation in _SLOW_GRADIENTS:
            return False
        is_wanted = case.dtype == "float32" or (level == "full" and case.dtype in others)
        return operation.gradient is not None and is_wanted
    return _fits(case, operation)


def _fits(case: Case, operation: Operation) -> bool:
    if operation.is_exact:
        return case.tier != "bound"
    if case.tier != "exact":
        return True
    return operation.takes_integers and case.terms <= exact_sum_limit(case.dtype)
