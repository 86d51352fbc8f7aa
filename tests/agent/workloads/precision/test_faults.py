"""Each way of being wrong is caught, and named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from agent.workloads.precision.pretended import (
    CPU,
    GPU,
    Narrowed,
    Pretended,
    ShortSums,
    flip_bit,
    one_relative_error,
    other_the_second_time,
    put,
    row_missing,
    scaled,
    transposed,
    unwritten_tile,
)

from accelgui.agent.workloads.precision.cases import plan
from accelgui.agent.workloads.precision.suite import judged, present_cases
from accelgui.model.precision_events import PrecisionRow, RowVerdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.agent.workloads.precision.formats import Array

EXACT_DTYPES = ("float64", "float32", "tf32", "float16", "bfloat16")
ADDING = ("matmul", "conv2d", "sum")
CORE = (*ADDING, "softmax", "exp", "log", "tanh")
FUNCTIONS = ("softmax", "exp", "log", "tanh")


def rows_of(
    backend: Pretended, tier: str, dtypes: tuple[str, ...], operations: tuple[str, ...] = CORE
) -> list[PrecisionRow]:
    """Judge the device in one tier; there is never nothing to judge."""
    cases = [
        case for case in plan("quick", dtypes) if case.tier == tier and case.operation in operations
    ]
    rows = list(judged(backend, GPU, cases, seed=1))
    assert rows
    return rows


def verdicts(rows: list[PrecisionRow]) -> set[tuple[str, str | None]]:
    return {(row.verdict.value, row.reason) for row in rows}


def test_that_a_right_device_passes_every_row() -> None:
    for tier in ("exact", "bound", "repeat"):
        rows = rows_of(Pretended(), tier, EXACT_DTYPES)
        assert verdicts(rows) == {("passed", None)}


@pytest.mark.parametrize(
    "fault",
    [
        flip_bit(0),
        one_relative_error(-0.3),
        scaled,
        transposed,
        unwritten_tile,
    ],
    ids=["lowest bit", "one element", "a thousandth too large", "transposed", "unwritten tile"],
)
def test_that_a_wrong_integer_is_a_mismatch_in_every_dtype(
    fault: Callable[[Array, int], Array],
) -> None:
    # A transposed vector is itself, and a thousandth is lost in eight bits: those rows are apart.
    for row in rows_of(Pretended(fault), "exact", EXACT_DTYPES):
        if fault is transposed and row.operation == "sum":
            assert row.verdict is RowVerdict.PASSED
            continue
        if fault is scaled and row.dtype in {"float16", "bfloat16"}:
            continue
        assert (row.verdict, row.reason) == (RowVerdict.FAILED, "mismatch"), row
        assert row.error is not None
        assert row.error > 0
        assert row.at


def test_that_a_product_left_out_is_a_mismatch_in_every_dtype() -> None:
    rows = rows_of(ShortSums(), "exact", EXACT_DTYPES)
    assert verdicts(rows) == {("failed", "mismatch")}
    assert {row.operation for row in rows} == set(ADDING)


def test_that_a_product_left_out_is_over_the_bound() -> None:
    rows = rows_of(ShortSums(), "bound", ("float64", "float32", "tf32"))
    assert verdicts([row for row in rows if row.operation in ADDING]) == {("failed", "over_bound")}


@pytest.mark.parametrize("fault", [scaled, unwritten_tile, one_relative_error(1e-3)])
def test_that_a_thousandth_or_a_tile_is_over_the_bound_and_not_taken_for_less_precision(
    fault: Callable[[Array, int], Array],
) -> None:
    rows = rows_of(Pretended(fault), "bound", ("float64", "float32"))
    assert verdicts(rows) == {("failed", "over_bound")}
    assert all(row.ratio is not None and row.ratio > 1 for row in rows)


def test_that_a_flipped_upper_bit_is_over_the_bound_where_no_integers_can_tell() -> None:
    for row in rows_of(Pretended(flip_bit(15)), "bound", ("float32",)):
        if row.operation in FUNCTIONS:
            assert (row.verdict, row.reason) == (RowVerdict.FAILED, "over_bound"), row


@pytest.mark.parametrize(("value", "reason"), [(math.nan, "nan"), (math.inf, "inf")])
@pytest.mark.parametrize("tier", ["exact", "bound"])
def test_that_one_bad_value_is_always_a_failure(value: float, reason: str, tier: str) -> None:
    rows = rows_of(Pretended(put(value)), tier, EXACT_DTYPES)
    assert verdicts(rows) == {("failed", reason)}
    assert all(row.at for row in rows)


@pytest.mark.parametrize("tier", ["exact", "bound"])
def test_that_a_wrong_shape_is_always_a_failure(tier: str) -> None:
    assert verdicts(rows_of(Pretended(row_missing), tier, EXACT_DTYPES)) == {("failed", "shape")}


def test_that_a_scalar_in_place_of_a_vector_is_a_wrong_shape() -> None:
    rows = rows_of(Pretended(lambda result, _: result.reshape(-1)[0]), "bound", ("float32",))
    assert verdicts(rows) == {("failed", "shape")}


def test_that_a_result_which_changes_is_not_repeatable() -> None:
    rows = rows_of(Pretended(other_the_second_time), "repeat", EXACT_DTYPES)
    assert verdicts(rows) == {("failed", "not_repeatable")}


def test_that_a_nan_which_stays_is_repeatable_and_is_told_by_the_other_tiers() -> None:
    rows = rows_of(Pretended(put(math.nan)), "repeat", ("float32",))
    assert verdicts(rows) == {("passed", None)}


@pytest.mark.parametrize("truncate", [False, True])
@pytest.mark.parametrize("where", ["in", "out", "in and out"])
@pytest.mark.parametrize("name", ["tf32", "bfloat16"])
def test_that_float32_made_in_less_is_named(name: str, where: str, truncate: bool) -> None:
    backend = Narrowed(name, where, truncate=truncate)
    assert verdicts(rows_of(backend, "bound", ("float32",))) == {("lower", name)}


def test_that_integers_do_not_mind_narrow_operands() -> None:
    backend = Narrowed("bfloat16", "in", truncate=True)
    assert verdicts(rows_of(backend, "exact", ("float32",))) == {("passed", None)}


def test_that_float64_made_in_float32_is_named() -> None:
    backend = Narrowed("float32", "in and out", truncate=False, label="float64")
    for row in rows_of(backend, "bound", ("float64",)):
        # The logarithm is given numbers that float32 does not even hold.
        expected = ("failed", "inf") if row.operation == "log" else ("lower", "float32")
        assert (row.verdict.value, row.reason) == expected


def test_that_tf32_made_in_bfloat16_is_named() -> None:
    backend = Narrowed("bfloat16", "in", truncate=False, label="tf32")
    assert verdicts(rows_of(backend, "bound", ("tf32",))) == {("lower", "bfloat16")}


def test_that_less_precision_does_not_excuse_a_wrong_element() -> None:
    class NarrowedAndWrong(Narrowed):
        def run(self, *arguments: object, **more: object) -> Array:
            result = super().run(*arguments, **more)  # type: ignore[arg-type]
            return one_relative_error(0.5)(result, 1)

    backend = NarrowedAndWrong("bfloat16", "in", truncate=False)
    assert verdicts(rows_of(backend, "bound", ("float32",))) == {("failed", "over_bound")}


def test_that_an_exception_costs_its_row_only(capsys: pytest.CaptureFixture[str]) -> None:
    class NoTanh(Pretended):
        def run(self, operation: str, *rest: object, **more: object) -> Array:
            if operation == "tanh":
                raise RuntimeError("CUBLAS_STATUS_NOT_INITIALIZED\nand a stack trace")
            return super().run(operation, *rest, **more)  # type: ignore[arg-type]

    for row in rows_of(NoTanh(), "bound", ("float32",)):
        if row.operation == "tanh":
            assert (row.verdict, row.reason) == (RowVerdict.FAILED, "raised")
            assert row.message == "RuntimeError: CUBLAS_STATUS_NOT_INITIALIZED"
        else:
            assert row.verdict is RowVerdict.PASSED
    assert "and a stack trace" in capsys.readouterr().err


def test_that_what_a_device_does_not_implement_is_no_row() -> None:
    class NoHalfConvolution(Pretended):
        def run(self, operation: str, dtype: str, *rest: object, **more: object) -> Array:
            if (operation, dtype) == ("conv2d", "float16"):
                raise NotImplementedError
            return super().run(operation, dtype, *rest, **more)  # type: ignore[arg-type]

    planned = plan("quick", ("float32", "float16"))
    present = present_cases(NoHalfConvolution(), CPU, planned)
    gone = {(case.operation, case.dtype) for case in planned} - {
        (case.operation, case.dtype) for case in present
    }
    assert gone == {("conv2d", "float16")}


def test_that_a_device_which_fails_in_the_trial_keeps_its_rows() -> None:
    class Broken(Pretended):
        def run(self, *_: object, **__: object) -> Array:
            raise RuntimeError("an illegal memory access was encountered")

    planned = plan("quick", ("float32",))
    assert present_cases(Broken(), CPU, planned) == planned
