"""Faults that no bound on one element shows: bias, edges, other names, slopes."""

# ruff: noqa: ARG002 - Stand-ins are called like the real thing.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from agent.workloads.precision.pretended import (
    CPU,
    GPU,
    Pretended,
    one_relative_error,
    put,
    unwritten_tile,
)

from accelgui.agent.workloads.precision.cases import plan
from accelgui.agent.workloads.precision.formats import FORMATS, operand_format
from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.agent.workloads.precision.references import reference
from accelgui.agent.workloads.precision.suite import judged
from accelgui.model.precision_events import PrecisionRow, RowVerdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.agent.workloads.precision.formats import Array
    from accelgui.model.snapshot import FrameworkDevice

    Arrays = tuple[Array, ...]


def rows(
    backend: Pretended, tier: str, *, level: str = "quick", device: FrameworkDevice = GPU
) -> list[PrecisionRow]:
    cases = [case for case in plan(level, ("float32",)) if case.tier == tier]
    found = list(judged(backend, device, [c for c in cases if c.dtype == "float32"], seed=2))
    assert found
    return found


class CutOff(Pretended):
    """Computes in float64 and cuts the result off where it should round."""

    def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
        with np.errstate(all="ignore"):
            result = reference(operation, operands, stride)
            return FORMATS["float32"].round(result, truncate=True).astype(np.float32)


def test_that_results_cut_off_instead_of_rounded_are_named() -> None:
    found = {row.operation: row for row in rows(CutOff(), "bound")}
    for name in ("matmul", "conv2d"):
        assert (found[name].verdict, found[name].reason) == (RowVerdict.LOWER, "cut_off")
    for name in ("add", "multiply"):
        assert (found[name].verdict, found[name].reason) == (RowVerdict.FAILED, "over_bound")


class Flushing(Pretended):
    """Makes subnormal numbers 0."""

    def __init__(self, framework: str = "pretended") -> None:
        super().__init__()
        self.framework = framework

    def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
        result = super().compute(operation, dtype, operands, stride)
        return np.where(np.abs(result) < 2.0 ** operand_format(dtype).emin, result * 0, result)


@pytest.mark.parametrize(
    ("framework", "device", "verdict"),
    [
        ("pytorch", GPU, RowVerdict.LOWER),
        ("pytorch", CPU, RowVerdict.LOWER),
        ("tensorflow", CPU, RowVerdict.PASSED),
    ],
)
def test_that_flushed_subnormals_are_told_and_excused_where_it_is_documented(
    framework: str, device: FrameworkDevice, verdict: RowVerdict
) -> None:
    flushed = [
        row
        for row in rows(Flushing(framework), "special", device=device)
        if row.shape.startswith("subnormal")
    ]
    assert len(flushed) == 2
    assert {(row.verdict, row.reason) for row in flushed} == {(verdict, "flushed")}


class Poison(Pretended):
    """Loses NaN, as comparisons do."""

    def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
        result = super().compute(operation, dtype, operands, stride)
        return np.where(np.isnan(result), 0, result).astype(result.dtype)


def test_that_a_lost_nan_is_found_in_every_operation_that_has_one() -> None:
    special = rows(Poison(), "special", level="full")
    found = [row for row in special if not row.shape.startswith("subnormal")]
    lost = {row.shape for row in found if row.verdict is RowVerdict.FAILED}
    assert {row.shape for row in found} - lost == {"edges of softmax", "infinity in a product"}
    assert all(row.message for row in found if row.verdict is RowVerdict.FAILED)


class Poisoned(Pretended):
    """Answers as TensorFlow does beside a NaN in a row: 0, and whatever the NaN became."""

    framework = "tensorflow"

    def __init__(self, nan: float) -> None:
        super().__init__()
        self._nan = nan

    def compute(self, operation: str, dtype: str, operands: Arrays, stride: int) -> Array:
        result = super().compute(operation, dtype, operands, stride)
        if operation == "softmax" and np.isnan(result).any():
            result[0] = 0, self._nan, 0
        return result


@pytest.mark.parametrize(
    ("nan", "device", "verdict"),
    [
        (math.nan, CPU, RowVerdict.LOWER),
        (math.nan, GPU, RowVerdict.FAILED),
        (0.0, CPU, RowVerdict.FAILED),
    ],
)
def test_that_only_the_known_answer_of_a_library_is_excused(
    nan: float, device: FrameworkDevice, verdict: RowVerdict
) -> None:
    special = rows(Poisoned(nan), "special", level="full", device=device)
    (row,) = (row for row in special if row.shape == "NaN in softmax")
    assert row.verdict is verdict
    assert (row.reason == "library") == (verdict is RowVerdict.LOWER)


@pytest.mark.parametrize("fault", [one_relative_error(1e-3), put(math.nan), unwritten_tile])
def test_that_wrong_gradients_are_found_in_every_operation(
    fault: Callable[[Array, int], Array],
) -> None:
    found = rows(Pretended(fault), "gradient", level="full")
    caught = {row.operation for row in found if row.verdict is RowVerdict.FAILED}
    # In one size at least: rounding alone may come to a thousandth in a sum of 50,000 terms.
    assert caught == {name for name, each in OPERATIONS.items() if each.gradient is not None}


class OtherName(Pretended):
    """Right by its first name, transposed by another."""

    def run(self, *arguments: Any, entry: str | None = None, **more: Any) -> Any:
        result = super().run(*arguments, entry=entry, **more)
        return np.ascontiguousarray(result.T).reshape(result.shape) if entry == "@" else result


def test_that_one_wrong_name_among_several_is_found_and_named() -> None:
    (row,) = rows(OtherName(), "entries")
    assert (row.verdict, row.reason, row.message) == (RowVerdict.FAILED, "mismatch", "@")


def test_that_what_is_wrong_on_the_second_run_only_is_found() -> None:
    class SecondRun(Pretended):
        def run(self, *arguments: Any, **more: Any) -> Any:
            result = super().run(*arguments, **more).copy()
            if self.calls == 2:
                result.reshape(-1)[0] += 1
            return result

    cases = [c for c in plan("quick", ("float32",)) if c.tier == "repeat"][:1]
    (row,) = judged(SecondRun(), GPU, cases, seed=0)
    assert row.reason == "not_repeatable"
