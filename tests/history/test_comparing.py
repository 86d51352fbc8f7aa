from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accelgui.history import Entry
from accelgui.history.comparing import Effect, changed_rows, changes, differences, outcomes
from accelgui.words.comparison import sentence

if TYPE_CHECKING:
    from accelgui.history.entries import Fact


def entry(kind: str = "training", **facts: Fact) -> Entry:
    return Entry(1, kind, 0.0, facts=facts)


def said(before: Entry, after: Entry) -> str:
    return sentence(changes(before, after), outcomes(before, after))


def test_that_facts_are_compared_by_name() -> None:
    entries = [
        entry(driver="550", device="gpu:0", loss=0.1),
        entry(driver="580", device="gpu:0"),
    ]
    assert differences(entries) == [
        ("driver", ("550", "580"), True),
        ("device", ("gpu:0", "gpu:0"), False),
        ("loss", (0.1, None), True),
    ]


def test_that_a_new_driver_and_what_came_of_it_are_said_in_words() -> None:
    before = entry(driver="550", samples_per_second=1000.0, arithmetic_float32="right")
    after = entry(driver="580", samples_per_second=1040.0, arithmetic_float32="tf32")
    assert said(before, after) == (
        "NVIDIA driver 550 → 580: 4 % faster, float32 with TF32 inputs instead of full precision."
    )


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ((100.0, 100.9), "as fast"),
        ((100.0, 99.1), "as fast"),
        ((100.0, 102.0), "2 % faster"),
        ((100.0, 60.0), "40 % slower"),
        ((100.0, 250.0), "2.5 × as fast"),
        ((100.0, 25.0), "4 × as slow"),
    ],
)
def test_that_speeds_are_compared_as_people_say_it(rates: tuple[float, float], words: str) -> None:
    before, after = (entry(driver="550", samples_per_second=rate) for rate in rates)
    assert said(before, after) == f"Nothing changed that is known: {words}."


def test_that_a_framework_is_named_once() -> None:
    before = entry(framework="tensorflow 2.20.0", validation_accuracy=0.95)
    assert said(before, entry(framework="tensorflow 2.21.0", validation_accuracy=0.97)) == (
        "TensorFlow 2.20.0 → 2.21.0: accuracy 2.0 points higher."
    )
    assert said(before, entry(framework="jax 0.10", validation_accuracy=0.95)) == (
        "Framework TensorFlow 2.20.0 → JAX 0.10: the same result."
    )


def test_that_what_only_one_of_them_tells_is_no_change() -> None:
    assert changes(entry(driver=None, kernel="6.1"), entry(driver="580", kernel="6.1")) == []
    assert changes(entry(), entry(driver="580")) == []


def test_that_many_changes_are_counted() -> None:
    before = entry(driver="1", kernel="1", batch_size=1, epochs=1, seed=1)
    after = entry(driver="2", kernel="2", batch_size=2, epochs=2, seed=2)
    assert said(before, after) == (
        "NVIDIA driver 1 → 2, Kernel 1 → 2, Batch size 1 → 2, 2 more: the same result."
    )


def test_that_a_loss_that_was_no_number_is_not_reckoned_with() -> None:
    before = entry(validation_accuracy="nan", samples_per_second=0.0)
    after = entry(validation_accuracy=0.9, samples_per_second=10.0)
    assert outcomes(before, after) == []


def test_that_kinds_are_not_compared_with_each_other() -> None:
    fast = {"samples_per_second": 10.0}
    assert outcomes(entry("training", **fast), entry("ladder", **fast)) == []


def test_that_the_verdict_and_failed_checks_are_told() -> None:
    before = entry("check", driver="550", verdict="accelerated")
    assert said(before, entry("check", driver="580", verdict="not_accelerated")) == (
        "NVIDIA driver 550 → 580: not accelerated, before accelerated."
    )
    before, after = entry("precision", rows_failed=0), entry("precision", rows_failed=2)
    assert said(before, after).endswith("2 more checks fail.")
    assert said(after, before).endswith("2 checks fewer fail.")


def test_that_the_speed_stands_first() -> None:
    before = entry(arithmetic_float32="right", validation_accuracy=0.9, samples_per_second=1.0)
    after = entry(arithmetic_float32="tf32", validation_accuracy=0.8, samples_per_second=9.0)
    effects = [outcome.effect for outcome in outcomes(before, after)]
    assert effects == [Effect.SPEED, Effect.ACCURACY, Effect.ARITHMETIC]


def test_that_rows_of_precision_checks_differ_by_verdict_or_twice_the_error() -> None:
    tables = [
        {"a": ("passed", 0.2), "b": ("passed", 0.2), "c": ("passed", None), "d": ("passed", 0.0)},
        {"a": ("passed", 0.3), "b": ("passed", 0.5), "c": ("failed", None), "d": ("passed", 0.1)},
    ]
    assert [name for name, _cells in changed_rows(tables)] == ["b", "c", "d"]
    assert changed_rows([{"a": ("passed", 0.2)}, {}]) == [("a", (("passed", 0.2), None))]
    assert not changed_rows([{"a": ("passed", None)}, {"a": ("passed", None)}])
