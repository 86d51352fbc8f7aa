"""The precision checks in words: operations, types, tiers, verdicts, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.events import RowVerdict
from accelgui.words.translation import N_, _, n_
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accelgui.model.events import PrecisionRow

_OPERATIONS = {
    "matmul": N_("matrix product"),
    "conv2d": N_("convolution"),
    "sum": N_("sum"),
    "softmax": N_("softmax"),
    "exp": N_("exponential"),
    "log": N_("logarithm"),
    "tanh": N_("hyperbolic tangent"),
}

_TIERS = {
    "exact": N_("exact integers"),
    "bound": N_("error within its bound"),
    "repeat": N_("repeats bit by bit"),
}

_TIER_EXPLANATIONS = {
    "exact": N_("Whole numbers whose result has no rounding: every bit must be right."),
    "bound": N_("Random numbers, compared with float64 on the CPU: no error above its bound."),
    "repeat": N_("The same work ten times: every bit must come out the same."),
}

_DTYPES = {
    "tf32": "TF32",
}

_VERDICTS = {
    RowVerdict.PASSED: N_("passed"),
    RowVerdict.LOWER: N_("right, with fewer digits"),
    RowVerdict.FAILED: N_("failed"),
}

_REASONS = {
    "nan": N_("The result holds NaN where there should be numbers."),
    "inf": N_("The result holds infinities where there should be numbers."),
    "shape": N_("The result has the wrong shape."),
    "mismatch": N_("The result differs from the exact one."),
    "over_bound": N_("The error is larger than rounding can explain."),
    "not_repeatable": N_("The same work gave different bits."),
    "raised": N_("The framework raised an error."),
    "tf32": N_("Inputs are rounded to TF32: about 3 correct decimal digits."),
    "bfloat16": N_("Inputs are rounded to bfloat16: about 2 correct decimal digits."),
    "float32": N_("Calculated in float32: about 7 correct decimal digits."),
}


def operation_name(operation: str) -> str:
    """Return the field's name of an operation."""
    known = _OPERATIONS.get(operation)
    return _(known) if known else operation.replace("_", " ")


def dtype_name(dtype: str) -> str:
    """Return the field's name of a number format."""
    return _DTYPES.get(dtype, dtype)


def tier_name(tier: str) -> str:
    """Return what a check asks for."""
    return _(_TIERS.get(tier, tier))


def tier_explanation(tier: str) -> str:
    """Return one line that says what a check does."""
    known = _TIER_EXPLANATIONS.get(tier)
    return _(known) if known else ""


def verdict_name(verdict: RowVerdict) -> str:
    """Return how a row ended."""
    return _(_VERDICTS[verdict])


def reason_text(row: PrecisionRow) -> str | None:
    """Say why a row failed or is less precise, None where there is nothing to say."""
    if row.reason is None:
        return None
    text = _(_REASONS.get(row.reason, row.reason))
    return f"{text} {row.message}" if row.message else text


def row_title(row: PrecisionRow) -> str:
    """Return "matrix product in float32, exact integers"."""
    return _("{operation} in {dtype}, {tier}").format(
        operation=operation_name(row.operation),
        dtype=dtype_name(row.dtype),
        tier=tier_name(row.tier),
    )


def summary(rows: Sequence[PrecisionRow]) -> str:
    """Say what the rows mean: what is wrong first, then how good the rest is."""
    if not rows:
        return _("Nothing was checked.")
    failed = [row for row in rows if row.verdict is RowVerdict.FAILED]
    if failed:
        return _failed_text(failed, len(rows))
    lower = {row.dtype for row in rows if row.verdict is RowVerdict.LOWER}
    sentences = [_right_text([row for row in rows if row.dtype not in lower])]
    sentences += [_lower_text(dtype, rows) for dtype in _in_order(rows) if dtype in lower]
    return " ".join(sentence for sentence in sentences if sentence)


def _failed_text(failed: Sequence[PrecisionRow], total: int) -> str:
    first = failed[0]
    start = n_(
        "{count} of {total} checks failed.", "{count} of {total} checks failed.", len(failed)
    ).format(count=len(failed), total=total)
    reason = reason_text(first)
    title = row_title(first)
    title = title[:1].upper() + title[1:]
    return f"{start} {title}: {reason}" if reason else f"{start} {title}."


def _right_text(rows: Sequence[PrecisionRow]) -> str:
    dtypes = _in_order(rows)
    if not dtypes:
        return ""
    names = _listed([dtype_name(dtype) for dtype in dtypes])
    return _with_ratio(_("Computes {dtypes} right").format(dtypes=names), rows)


def _lower_text(dtype: str, rows: Sequence[PrecisionRow]) -> str:
    of_dtype = [row for row in rows if row.dtype == dtype]
    reasons = {row.reason for row in of_dtype}
    if "bfloat16" in reasons:
        start = _("Computes {dtype} with bfloat16 inputs: about 2 correct decimal digits")
    elif "tf32" in reasons:
        start = _("Computes {dtype} with TF32 inputs: about 3 correct decimal digits")
    elif "float32" in reasons:
        start = _("Computes {dtype} as float32: about 7 correct decimal digits")
    else:
        start = _("Computes {dtype} with fewer digits than asked for")
    return _with_ratio(start.format(dtype=dtype_name(dtype)), of_dtype, brackets=True)


def _with_ratio(start: str, rows: Iterable[PrecisionRow], *, brackets: bool = False) -> str:
    ratios = [row.ratio for row in rows if row.ratio is not None]
    if not ratios:
        return f"{start}."
    expert = _("largest error {ratio} of its bound").format(ratio=number_text(max(ratios), 2))
    return f"{start} ({expert})." if brackets else f"{start}: {expert}."


def _in_order(rows: Iterable[PrecisionRow]) -> list[str]:
    return list(dict.fromkeys(row.dtype for row in rows))


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
