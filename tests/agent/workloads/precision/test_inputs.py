"""Integers stay exact in every arithmetic; real data are what the device can hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from accelgui.agent.workloads.precision.cases import Case, plan
from accelgui.agent.workloads.precision.formats import FORMATS, operand_format
from accelgui.agent.workloads.precision.inputs import exact_sum_limit, integers, reals
from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.agent.workloads.precision.references import exact_reference

DTYPES = ("float64", "float32", "tf32", "float16", "bfloat16")


def draw(operation: str, dtype: str, count: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return reals(rng, OPERATIONS[operation].draw, dtype, ((count,),))[0]


@pytest.mark.parametrize(
    "case",
    [
        c
        for c in plan("full", DTYPES)
        if c.tier == "exact" and c.dtype in DTYPES and c.has_integers and c.operation != "cast"
    ],
    ids=str,
)
def test_that_no_order_of_adding_loses_a_bit(case: Case) -> None:
    operands = case.operands(seed=5)
    # Every partial sum, in whatever order, is at most Σ|a||b|.
    sizes = exact_reference(case.operation, tuple(map(np.abs, operands)), case.stride)
    assert sizes.max() <= exact_sum_limit(case.dtype)
    if case.dtype != "float64":
        # One pass in bfloat16 is all that a TPU makes by default.
        for operand in operands:
            np.testing.assert_array_equal(FORMATS["bfloat16"].round(operand), operand)
    result = exact_reference(case.operation, operands, case.stride)
    np.testing.assert_array_equal(result, np.rint(result))
    np.testing.assert_array_equal(operand_format(case.dtype).round(result), result)


def test_that_no_integer_is_zero_lest_a_lost_product_be_missed() -> None:
    (values,) = integers(np.random.default_rng(0), "bfloat16", ((64, 256),), 256)
    assert np.all(values != 0)


def test_that_too_many_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="257 terms do not fit into bfloat16"):
        integers(np.random.default_rng(0), "bfloat16", ((1, 257),), 257)


@pytest.mark.parametrize("operation", ["matmul", "softmax", "exp", "log", "tanh"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_that_real_data_need_no_rounding(operation: str, dtype: str) -> None:
    values = draw(operation, dtype, 1000)
    np.testing.assert_array_equal(operand_format(dtype).round(values), values)


def test_that_data_of_sums_have_mean_zero() -> None:
    values = draw("matmul", "float32", 100_000)
    assert abs(values.mean()) < 5 / math.sqrt(values.size)


@pytest.mark.parametrize("dtype", DTYPES)
def test_that_functions_give_normal_finite_results(dtype: str) -> None:
    form = operand_format(dtype)
    exponents, positives = draw("exp", dtype, 10_000), draw("log", dtype, 10_000)
    assert np.exp(exponents).min() >= 2.0**form.emin
    assert np.exp(exponents).max() <= form.largest
    assert positives.min() >= 2.0**form.emin


def test_that_the_same_seed_gives_the_same_data_and_another_one_others() -> None:
    case = plan("quick", ("float32",))[0]
    first, again, other = (case.operands(seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first[0], again[0])
    assert np.any(first[0] != other[0])


def test_that_bound_and_repeat_share_their_data() -> None:
    shapes = ((4, 5), (5, 6))
    bound, repeat = (Case("matmul", "float32", t, shapes).operands(0) for t in ("bound", "repeat"))
    np.testing.assert_array_equal(bound[1], repeat[1])


def test_that_every_operation_is_checked_in_float32_at_once_and_in_every_dtype_in_full() -> None:
    quick = {(c.operation, c.tier) for c in plan("quick", DTYPES) if c.dtype == "float32"}
    everything = {name for name in OPERATIONS if OPERATIONS[name].quick}
    assert {operation for operation, tier in quick if tier == "repeat"} == everything
    rows = {(case.operation, case.dtype, case.tier) for case in plan("full", DTYPES)}
    for dtype in ("float32", "float16", "bfloat16"):
        assert {o for o, d, t in rows if (d, t) == (dtype, "repeat")} == set(OPERATIONS)
    differentiable = {name for name in OPERATIONS if OPERATIONS[name].gradient is not None}
    assert {o for o, d, t in rows if (d, t) == ("float32", "gradient")} == differentiable
    assert {o for o, d, _ in rows if d == "tf32"} == {"matmul", "conv2d", "conv2d_nchw"}


def test_that_no_row_comes_twice() -> None:
    cases = plan("full", DTYPES)
    assert len(set(cases)) == len(cases)
