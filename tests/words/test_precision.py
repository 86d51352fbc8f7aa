"""The precision checks in one plain sentence, the expert's number beside it."""

from __future__ import annotations

from dataclasses import replace

from accelgui.model.precision_events import PrecisionRow, RowVerdict
from accelgui.words import precision


def row(dtype: str, verdict: RowVerdict = RowVerdict.PASSED, **facts: object) -> PrecisionRow:
    return PrecisionRow("matmul", dtype, "bound", verdict, **facts)  # type: ignore[arg-type]


def test_that_right_types_are_named_with_the_largest_ratio() -> None:
    rows = [row("float64", ratio=0.02), row("float32", ratio=0.213), row("float32")]
    assert precision.summary(rows) == (
        "Computes float64 and float32 right: largest error 0.21 of its bound."
    )


def test_that_tf32_is_explained_in_digits() -> None:
    rows = [
        row("float64", ratio=0.02),
        row("float32", RowVerdict.LOWER, reason="tf32", ratio=900.0),
    ]
    assert precision.summary(rows) == (
        "Computes float64 right: largest error 0.020 of its bound."
        " Computes float32 with TF32 inputs: about 3 correct decimal digits"
        " (largest error 900 of its bound)."
    )


def test_that_a_failure_comes_first_and_says_why() -> None:
    rows = [
        row("float64", ratio=0.02),
        row("float16", RowVerdict.FAILED, reason="nan"),
    ]
    assert precision.summary(rows) == (
        "1 of 2 checks failed. Matrix product in float16, error within its bound:"
        " The result holds NaN where there should be numbers."
    )


def test_that_a_fault_of_the_library_is_not_called_fewer_digits() -> None:
    known = replace(row("float32", RowVerdict.LOWER, reason="library"), shape="NaN in softmax")
    assert precision.summary([row("float32", ratio=0.5), known]) == (
        "Computes float32 right: largest error 0.50 of its bound."
        " Known of the framework, not of the device: NaN in softmax."
    )


def test_that_the_framework_s_own_words_follow_a_raise() -> None:
    failed = row("float16", RowVerdict.FAILED, reason="raised", message="Unimplemented: sum")
    assert precision.reason_text(failed) == ("The framework raised an error. Unimplemented: sum")


def test_that_nothing_checked_is_not_called_right() -> None:
    assert precision.summary([]) == "Nothing was checked."


def test_that_unknown_codes_stay_readable() -> None:
    assert precision.operation_name("group_norm") == "group norm"
    assert precision.dtype_name("float8_e4m3") == "float8_e4m3"
    assert precision.tier_name("golden") == "golden"
