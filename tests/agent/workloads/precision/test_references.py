"""References agree with plain loops, bounds with the law that they state."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
from accelgui.agent.workloads.precision.bounds import threshold, ulp_limit

from accelgui.agent.workloads.precision.formats import FORMATS
from accelgui.agent.workloads.precision.references import exact_reference, reference


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
    left = np.full((1, 4), 2.0)
    right = np.full((4, 1), -3.0)
    expected = reference("matmul", (left, right))
    u32 = 2.0**-24
    sums = 9.2 * math.sqrt(4) * 24.0
    float32 = threshold("matmul", "float32", "gpu", (left, right), expected)
    assert float32[0, 0] == pytest.approx(sums * u32 + 24.0 * u32)
    tf32 = threshold("matmul", "tf32", "gpu", (left, right), expected)
    inputs = 9.2 * 2 * 2.0**-11 * math.sqrt(2 * 4 * 36.0)
    assert tf32[0, 0] == pytest.approx(inputs + sums * 2 * u32 + 24.0 * u32)
    float16 = threshold("matmul", "float16", "gpu", (left, right), expected)
    assert float16[0, 0] == pytest.approx(sums * 2 * u32 + 24.0 * 2.0**-11 + 2.0**-24)


def test_that_functions_are_bounded_by_the_published_table() -> None:
    # Twice the table for other implementations, and never less than is known of one of them.
    assert ulp_limit("tanh", "float32", "cpu") == 10.0
    assert ulp_limit("log", "float32", "gpu") == 6.0
    assert ulp_limit("exp", "float32", "tpu") == 232.0
    assert ulp_limit("exp", "bfloat16", "gpu") == 2.0
    ones = np.ones(3)
    np.testing.assert_array_equal(
        threshold("exp", "float32", "cpu", (np.zeros(3),), ones), 6.0 * 2.0**-23 * ones
    )


def test_that_softmax_may_be_off_by_the_shift_of_its_logits() -> None:
    near, far = np.zeros((1, 2)), np.array([[0.0, -80.0]])
    for logits, units in ((near, 24 + 2 + 2), (far, 24 + 2 + 2 + 80)):
        expected = reference("softmax", (logits,))
        allowed = threshold("softmax", "float32", "cpu", (logits,), expected)
        form = FORMATS["float32"]
        assert allowed[0, 1] == pytest.approx(expected[0, 1] * units * form.unit, rel=1e-6)


@pytest.mark.skipif(sys.platform == "win32", reason="long double is float64 there")
def test_that_wider_operands_give_wider_references() -> None:
    values = np.array([0.1], np.longdouble)
    assert reference("exp", (values,)).dtype == np.longdouble
