"""Rounding to a format agrees with those who have the format."""

from __future__ import annotations

import numpy as np
import pytest

from accelgui.agent.workloads.precision.formats import FORMATS

ml_dtypes = pytest.importorskip("ml_dtypes", reason="comes with TensorFlow")


def numbers(smallest: float, largest: float) -> np.ndarray:
    """Return numbers of both signs over many magnitudes, halfway cases and zero among them."""
    rng = np.random.default_rng(3)
    sizes = np.exp2(rng.uniform(np.log2(smallest), np.log2(largest), 20_000))
    halfway = 1.0 + np.arange(-50, 50) * 2.0**-9
    return np.concatenate([sizes, -sizes, halfway, [0.0]])


@pytest.mark.parametrize(
    ("name", "dtype", "smallest", "largest"),
    [
        ("float32", np.float32, 1e-44, 3e38),
        ("float16", np.float16, 1e-8, 6e4),
        ("bfloat16", ml_dtypes.bfloat16, 1e-38, 3e38),
    ],
)
def test_that_rounding_is_that_of_the_type(
    name: str, dtype: type, smallest: float, largest: float
) -> None:
    # By way of float32, as bfloat16's own conversion goes.
    values = numbers(smallest, largest).astype(np.float32 if name == "bfloat16" else np.float64)
    expected = values.astype(dtype).astype(np.float64)
    np.testing.assert_array_equal(FORMATS[name].round(values), expected)


def test_that_truncation_goes_towards_zero_and_less_than_a_step() -> None:
    form = FORMATS["tf32"]
    values = numbers(1e-30, 1e30)
    cut = form.round(values, truncate=True)
    assert np.all(np.abs(cut) <= np.abs(values))
    assert np.all(np.abs(cut - values) < form.ulp(values))
    assert np.any(cut != form.round(values))


@pytest.mark.parametrize(
    ("value", "nearest", "truncated"),
    [
        (1 + 3 * 2.0**-12, 1 + 2.0**-10, 1.0),
        (1 + 2.0**-9 + 2.0**-18, 1 + 2.0**-9, 1 + 2.0**-9),
    ],
)
def test_that_tf32_has_ten_bits_behind_the_point(
    value: float, nearest: float, truncated: float
) -> None:
    values = np.array([value, -value])
    assert FORMATS["tf32"].round(values).tolist() == [nearest, -nearest]
    assert FORMATS["tf32"].round(values, truncate=True).tolist() == [truncated, -truncated]


@pytest.mark.parametrize(("name", "dtype"), [("float32", np.float32), ("float16", np.float16)])
def test_that_an_ulp_is_the_distance_to_the_next_number(name: str, dtype: type) -> None:
    values = np.array([1.0, 1.5, 2.0, 3.25, 1e-4, 100.0], dtype)
    # np.spacing looks away from zero, as the distance within a power of two does.
    np.testing.assert_array_equal(FORMATS[name].ulp(values.astype(float)), np.spacing(values))


def test_that_an_ulp_at_zero_is_the_smallest_step() -> None:
    assert FORMATS["float16"].ulp(np.zeros(1))[0] == 2.0**-24
    assert FORMATS["float16"].smallest_step == 2.0**-24
