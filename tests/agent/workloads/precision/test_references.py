"""References agree with plain loops, bounds with the law that they state."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest

from accelgui.agent.workloads.precision.functions import ulp_limit
from accelgui.agent.workloads.precision.inputs import reals
from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.agent.workloads.precision.references import (
    exact_reference,
    followed,
    followed_gradients,
    reference,
)
from accelgui.agent.workloads.precision.running_error import Running, additions, rounding


def threshold(
    operation: str, dtype: str, kind: str, operands: tuple[np.ndarray, ...]
) -> np.ndarray:
    return followed(operation, operands, rounding(dtype, kind)).allowed()


# For slopes by differences.
SMALL = {
    "matmul": ((3, 4), (4, 5)),
    "conv2d": ((1, 5, 6, 2), (3, 2, 2, 3)),
    "conv2d_nchw": ((1, 2, 5, 6), (3, 2, 2, 3)),
    "attention": ((1, 2, 4, 3),) * 3,
    "max_pool": ((1, 7, 5, 2),),
    "average_pool": ((1, 7, 5, 2),),
    "layer_norm": ((4, 6), (6,), (6,)),
    "batch_norm": ((2, 3, 2, 4), (4,), (4,)),
    "gather": ((5, 3), (9,)),
    "scatter_add": ((5, 3), (9,), (9, 3)),
    "segment_sum": ((5, 3), (9,), (9, 3)),
    "exp": ((7,),),
    "log": ((7,),),
    "tanh": ((7,),),
    "sigmoid": ((7,),),
    "erf": ((7,),),
    "rsqrt": ((7,),),
    "sin": ((7,),),
}


def plain_convolution(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Convolve as the definition says."""
    height, width, _, outputs = kernel.shape
    rows = (image.shape[1] - height) // stride + 1
    columns = (image.shape[2] - width) // stride + 1
    out = np.zeros((image.shape[0], rows, columns, outputs), image.dtype)
    for b, y, x, o in itertools.product(*map(range, out.shape)):
        window = image[b, y * stride : y * stride + height, x * stride : x * stride + width]
        out[b, y, x, o] = np.sum(window * kernel[..., o])
    return out


@pytest.mark.parametrize("stride", [1, 2])
def test_that_convolution_is_the_plain_one(stride: int) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(-9, 10, (2, 7, 6, 3))
    kernel = rng.integers(-9, 10, (3, 2, 3, 4))
    expected = plain_convolution(image, kernel, stride)
    np.testing.assert_array_equal(exact_reference("conv2d", (image, kernel), stride), expected)


def test_that_sum_and_softmax_go_over_the_last_axis() -> None:
    values = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    assert reference("sum", (values,)).tolist() == [6.0, 0.0]
    softmax = reference("softmax", (values + 1000.0,))
    assert softmax.sum(axis=1).tolist() == pytest.approx([1.0, 1.0])
    assert softmax[0, 2] / softmax[0, 0] == pytest.approx(math.e**2)


def test_that_the_bound_of_a_product_is_the_published_one() -> None:
    operands = (np.full((1, 4), 2.0), np.full((4, 1), -3.0))
    u32 = 2.0**-24
    sums = 9.2 * math.sqrt(4) * 24.0
    float32 = threshold("matmul", "float32", "gpu", operands)
    assert float32[0, 0] == pytest.approx(sums * u32 + 24.0 * u32)
    tf32 = threshold("matmul", "tf32", "gpu", operands)
    inputs = 9.2 * 2 * 2.0**-11 * math.sqrt(2 * 4 * 36.0)
    assert tf32[0, 0] == pytest.approx(inputs + sums * 2 * u32 + 24.0 * u32)
    float16 = threshold("matmul", "float16", "gpu", operands)
    assert float16[0, 0] == pytest.approx(sums * 2 * u32 + 24.0 * 2.0**-11 + 2.0**-24)


def test_that_functions_are_bounded_by_the_published_table() -> None:
    # Twice the table for other implementations, and never less than is known of one of them.
    assert ulp_limit("tanh", "float32", "cpu") == 10.0
    assert ulp_limit("log", "float32", "gpu") == 6.0
    assert ulp_limit("exp", "float32", "tpu") == 232.0
    assert ulp_limit("exp", "bfloat16", "gpu") == 2.0
    np.testing.assert_allclose(
        threshold("exp", "float32", "cpu", (np.zeros(3),)), 6.0 * 2.0**-23 * np.ones(3)
    )


def test_that_errors_are_carried_along() -> None:
    wide = rounding("float32", "cpu")
    x = Running(np.array([3.0]), wide, np.array([0.5]))
    y = Running(np.array([4.0]), wide, np.array([0.25]))
    for got, error in (
        (x + y, 0.75),
        (x - y, 0.75),
        (x * y, 3 * 0.25 + 4 * 0.5),
        (x / y, (0.5 + 0.75 * 0.25) / 4),
        (x.function("log"), 0.5 / 3),
    ):
        assert got.error is not None
        assert got.error[0] == pytest.approx(error, rel=1e-5)
    assert additions(4) == 4.0
    assert additions(10_000) == pytest.approx(920.0)


def test_that_bounds_cover_arithmetic_that_is_acted_out_in_float32() -> None:
    rng = np.random.default_rng(4)
    for name in ("softmax", "logsumexp", "layer_norm", "batch_norm", "attention"):
        operation = OPERATIONS[name]
        operands = reals(rng, operation.draw, "float32", operation.quick[0])
        narrow = reference(name, tuple(x.astype(np.float32) for x in operands))
        running = followed(name, operands, rounding("float32", "cpu"))
        ratio = np.max(np.abs(narrow - running.value) / running.allowed())
        # Neither violated nor so loose that nothing could violate it.
        assert 0.001 < ratio < 0.7, name


@pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if o.gradient is not None])
def test_that_gradients_are_the_slopes_of_results(name: str) -> None:
    operation = OPERATIONS[name]
    shapes = SMALL.get(name, ((5, 6),))
    draw = operation.gradient_draw or operation.draw
    rng = np.random.default_rng(6)
    operands = reals(rng, draw, "float64", shapes)
    result = reference(name, operands)
    cotangent = rng.standard_normal(result.shape)
    found = followed_gradients(name, cotangent, operands, rounding("float64", "cpu"))
    numbers = [n for n, x in enumerate(operands) if x.dtype.kind == "f"]
    assert len(found) == len(numbers)
    for number, gradient in zip(numbers, found, strict=True):
        direction = rng.standard_normal(operands[number].shape)
        step = 1e-6 * direction
        ends = [
            np.sum(cotangent * reference(name, moved(operands, number, sign * step)))
            for sign in (1, -1)
        ]
        slope = (ends[0] - ends[1]) / 2e-6
        assert np.sum(gradient.value * direction) == pytest.approx(slope, rel=1e-5, abs=1e-7)


def moved(
    operands: tuple[np.ndarray, ...], number: int, step: np.ndarray
) -> tuple[np.ndarray, ...]:
    return tuple(x + step if n == number else x for n, x in enumerate(operands))


@pytest.mark.skipif(sys.platform == "win32", reason="long double is float64 there")
def test_that_wider_operands_give_wider_references() -> None:
    values = np.array([0.1], np.longdouble)
    assert reference("exp", (values,)).dtype == np.longdouble
