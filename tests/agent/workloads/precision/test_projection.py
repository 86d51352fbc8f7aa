"""A product too large for a reference is still right to the last bit, or it is not."""

from __future__ import annotations

import numpy as np
import pytest

from accelgui.agent.workloads.precision.projection import judge_projection, small_integers
from accelgui.agent.workloads.precision.randomness import judge_statistics
from accelgui.model.precision_events import RowVerdict

# As large as is asked for; few terms, so that the test need not multiply for seconds.
SHAPES = ((4096, 64), (64, 4096))


@pytest.fixture(scope="module")
def product() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right = small_integers(np.random.default_rng(0), SHAPES)
    return left, right, (left.astype(np.float32) @ right.astype(np.float32))


def test_that_a_right_product_passes(product: tuple[np.ndarray, ...]) -> None:
    left, right, result = product
    for seed in range(3):
        found = judge_projection(left, right, result, np.random.default_rng(seed))
        assert found.verdict is RowVerdict.PASSED


@pytest.mark.parametrize("bit", [0, 11, 22])
def test_that_one_flipped_bit_of_4096_by_4096_elements_is_found(
    product: tuple[np.ndarray, ...], bit: int
) -> None:
    left, right, result = product
    wrong = result.copy()
    wrong.view(np.uint32)[1234, 4000] ^= 1 << bit
    found = judge_projection(left, right, wrong, np.random.default_rng(1))
    assert (found.verdict, found.reason) == (RowVerdict.FAILED, "mismatch")
    assert found.at == (1234, 4000)
    assert found.error == abs(float(wrong[1234, 4000]) - float(result[1234, 4000]))


def test_that_a_row_in_the_wrong_place_is_found(product: tuple[np.ndarray, ...]) -> None:
    left, right, result = product
    wrong = result.copy()
    wrong[[7, 8]] = wrong[[8, 7]]
    assert judge_projection(left, right, wrong, np.random.default_rng(1)).reason == "mismatch"


@pytest.mark.parametrize(("value", "reason"), [(np.nan, "nan"), (np.inf, "inf")])
def test_that_nan_and_infinity_are_found(
    product: tuple[np.ndarray, ...], value: float, reason: str
) -> None:
    left, right, result = product
    wrong = result.copy()
    wrong[5, 6] = value
    found = judge_projection(left, right, wrong, np.random.default_rng(1))
    assert (found.reason, found.at) == (reason, (5, 6))


def drawn(kind: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.random(50_000) if kind == "uniform" else rng.standard_normal(50_000)
    return values.astype(np.float32)


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_that_random_numbers_are_judged_by_their_distribution(kind: str) -> None:
    first, other = drawn(kind, 1), drawn(kind, 2)
    assert judge_statistics(kind, first, first, other).verdict is RowVerdict.PASSED
    assert judge_statistics(kind, first, other, other).reason == "not_repeatable"
    assert judge_statistics(kind, first, first, first).reason == "seed_ignored"
    for wrong in (first * 0.9, np.repeat(first[::2], 2), np.sort(first), first + 0.1):
        kept = np.clip(wrong, 0, 1) if kind == "uniform" else wrong
        assert judge_statistics(kind, kept, kept, other).reason == "statistics"
    bad = first.copy()
    bad[9] = np.nan
    assert judge_statistics(kind, bad, bad, other).reason == "nan"
