"""The fingerprint names hardware by its sums, and calls a surprise a surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from agent.workloads.precision.pretended import GPU, Pretended, TensorCore

from accelgui.agent.workloads.precision.fingerprint import arithmetic
from accelgui.agent.workloads.precision.fingerprint.determinism import (
    is_batch_invariant,
    repeatable,
)
from accelgui.agent.workloads.precision.fingerprint.probes import math_mode
from accelgui.agent.workloads.precision.formats import FORMATS, operand_format
from accelgui.model.precision import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.agent.workloads.precision.formats import Array

    Arrays = tuple[Array, ...]

ALL = ("float32", "tf32", "float16", "bfloat16")


class PlainFma(Pretended):
    """Adds one product after the other in float32, each rounded to nearest."""

    def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
        if operation != "matmul":
            return super().compute(operation, dtype, operands, stride)
        form = FORMATS["tf32"] if dtype == "tf32" else operand_format(dtype)
        left, right = (form.round(operand) for operand in operands)
        total = np.zeros((left.shape[0], right.shape[1]))
        for k in range(left.shape[1]):
            total = FORMATS["float32"].round(total + left[:, k, None] * right[None, k])
        if dtype in {"float16", "bfloat16"}:
            total = form.round(total)
        return total.astype(np.float16 if dtype == "float16" else np.float32)


def device(block: int, kept_bits: int, dtypes: tuple[str, ...]) -> Pretended:
    class Device(TensorCore):
        def dtypes(self, _: object) -> tuple[str, ...]:
            return dtypes

    return Device(block, kept_bits)


@pytest.mark.parametrize(
    ("block", "kept_bits", "dtypes", "name"),
    [
        (4, 23, ("float32", "float16"), "V100"),
        (8, 24, ALL, "A100/Ada"),
        (16, 25, ALL, "H100/H200/B200"),
    ],
)
def test_that_tensor_cores_are_named_by_how_they_add(
    block: int, kept_bits: int, dtypes: tuple[str, ...], name: str
) -> None:
    found = arithmetic(device(block, kept_bits, dtypes), GPU, Fingerprint())
    assert found.behaves_like == (name,)
    half = next(each for each in found.accumulators if each.dtype == "float16")
    assert (half.kept_bits, half.block, half.rounding) == (kept_bits, block, "truncated")
    assert half.order == "blocks"
    assert half.subtree[:block] == (block,) * (block - 1) + (2 * block,)


def test_that_tf32_is_added_in_blocks_of_half_the_size() -> None:
    found = arithmetic(device(16, 25, ALL), GPU, Fingerprint())
    assert {each.dtype: each.block for each in found.accumulators if each.block} == {
        "tf32": 8,
        "float16": 16,
        "bfloat16": 16,
    }


def test_that_plain_additions_are_named() -> None:
    found = arithmetic(PlainFma(), GPU, Fingerprint())
    assert found.behaves_like == ("fused multiply-add",)
    for each in found.accumulators:
        assert (each.rounding, each.order, each.is_position_free) == (
            "nearest",
            "sequential",
            False,
        )
        assert each.subtree == tuple(range(2, 65))


def test_that_a_surprise_is_like_nothing_known() -> None:
    found = arithmetic(device(12, 27, ALL), GPU, Fingerprint())
    assert found.behaves_like == ()
    assert [known.is_alike for known in found.known] == [False] * 4


def rounded(name: str, *, truncate: bool) -> Callable[[float], float]:
    form = FORMATS[name]
    return lambda x: float(form.round(np.array([x]), truncate=truncate)[0])


@pytest.mark.parametrize(
    ("name", "truncate", "mode"),
    [
        ("float32", False, "fp32"),
        ("tf32", False, "tf32"),
        ("tf32", True, "tf32_truncated"),
        ("bfloat16", False, "bf16x1"),
        ("bfloat16", True, "bf16x1"),
    ],
)
def test_that_the_mode_of_products_is_named(name: str, truncate: bool, mode: str) -> None:
    cut = rounded(name, truncate=truncate)
    assert math_mode(lambda x, y: cut(x) * cut(y)) == mode


@pytest.mark.parametrize(("passes", "mode"), [(3, "bf16x3"), (6, "fp32"), (9, "fp32")])
def test_that_several_passes_in_bfloat16_are_told_from_float32(passes: int, mode: str) -> None:
    cut = rounded("bfloat16", truncate=False)

    def parts(value: float) -> list[float]:
        found = []
        for _ in range(3):
            found.append(cut(value))
            value -= found[-1]
        return found

    # High times high, high times middle, … up to as many products as there are passes.
    order = sorted(((i, j) for i in range(3) for j in range(3)), key=sum)

    def product(x: float, y: float) -> float:
        return float(np.float32(sum(parts(x)[i] * parts(y)[j] for i, j in order[:passes])))

    assert math_mode(product) == mode


def test_that_arithmetic_which_is_none_of_these_is_other() -> None:
    assert math_mode(lambda x, y: x * y * 1.5) == "other"


def test_that_results_which_change_or_depend_on_the_batch_are_told() -> None:
    class Restless(Pretended):
        def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
            result = super().compute(operation, dtype, operands, stride)
            if operation == "scatter_add":
                return result + np.float32(self.calls % 2)
            return result + np.float32(len(operands[0]))

    backend = Restless()
    assert repeatable(backend, GPU) == {
        "matmul": True,
        "sum": True,
        "scatter_add": False,
        "segment_sum": True,
    }
    assert not is_batch_invariant(backend, GPU)
    assert is_batch_invariant(PlainFma(), GPU)


def test_that_flushed_subnormals_are_told() -> None:
    class Flushing(PlainFma):
        def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
            result = super().compute(operation, dtype, operands, stride)
            return np.where(np.abs(result) < 2.0 ** operand_format(dtype).emin, 0, result)

    kept = arithmetic(PlainFma(), GPU, Fingerprint()).subnormals_kept
    assert kept == dict.fromkeys(("float32", "float16", "bfloat16"), True)
    lost = arithmetic(Flushing(), GPU, Fingerprint()).subnormals_kept
    assert lost == dict.fromkeys(("float32", "float16", "bfloat16"), False)
