"""The precision checks in words: operations, types, tiers, verdicts, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.model.precision_events import RowVerdict
from accelgui.words import joining
from accelgui.words.translation import N_, _, n_
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accelgui.model.precision import RowDetail
    from accelgui.model.precision_events import PrecisionRow

_OPERATIONS = {
    "matmul": N_("matrix product"),
    "conv2d": N_("convolution"),
    "sum": N_("sum"),
    "softmax": N_("softmax"),
    "exp": N_("exponential"),
    "log": N_("logarithm"),
    "tanh": N_("hyperbolic tangent"),
    "conv2d_nchw": N_("convolution, channels first"),
    "attention": N_("attention"),
    "mean": N_("mean"),
    "cumsum": N_("running sum"),
    "logsumexp": N_("log-sum-exp"),
    "layer_norm": N_("layer normalization"),
    "batch_norm": N_("batch normalization"),
    "max_pool": N_("maximum pooling"),
    "average_pool": N_("average pooling"),
    "gather": N_("gather"),
    "scatter_add": N_("scatter-add"),
    "segment_sum": N_("segment sum"),
    "sigmoid": N_("sigmoid"),
    "erf": N_("error function"),
    "rsqrt": N_("reciprocal square root"),
    "sin": N_("sine"),
    "add": N_("addition"),
    "multiply": N_("multiplication"),
    "divide": N_("division"),
    "cast": N_("conversion"),
    "uniform": N_("uniform random numbers"),
    "normal": N_("normal random numbers"),
}

# What comes in place of a shape where special values are checked.
_SPECIAL = {
    "edges of +": N_("edges of addition"),
    "edges of ×": N_("edges of multiplication"),
    "edges of ÷": N_("edges of division"),
    "edges of exp": N_("edges of the exponential"),
    "edges of log": N_("edges of the logarithm"),
    "edges of tanh": N_("edges of the hyperbolic tangent"),
    "edges of sigmoid": N_("edges of the sigmoid"),
    "edges of erf": N_("edges of the error function"),
    "edges of rsqrt": N_("edges of the reciprocal square root"),
    "edges of sin": N_("edges of the sine"),
    "edges of softmax": N_("edges of softmax"),
    "NaN in softmax": N_("NaN in softmax"),
    "NaN in a product": N_("NaN in a matrix product"),
    "infinity in a product": N_("infinity in a matrix product"),
    "NaN in a convolution": N_("NaN in a convolution"),
    "subnormal numbers": N_("numbers below the normal ones"),
    "subnormal products": N_("products below the normal numbers"),
}

_TIERS = {
    "exact": N_("exact to the last bit"),
    "bound": N_("error within its bound"),
    "repeat": N_("repeats bit by bit"),
    "gradient": N_("gradient within its bound"),
    "special": N_("special values"),
    "entries": N_("every way to call it"),
    "projection": N_("large product, by projection"),
    "statistics": N_("distribution"),
}

_TIER_EXPLANATIONS = {
    "exact": N_("Numbers whose result needs no rounding: every bit must be right."),
    "bound": N_("Random numbers, compared with float64 on the CPU: no error above its bound."),
    "repeat": N_("The same work ten times: every bit must come out the same."),
    "gradient": N_("The slopes that training follows, compared with float64 on the CPU."),
    "special": N_("Infinities, zeros, NaN and the largest numbers: what comes out is laid down."),
    "entries": N_("The same exact product through each of the framework's names for it."),
    "projection": N_(
        "Whole numbers in a product too large to calculate again: it is multiplied with random "
        "vectors, which shows one wrong bit in one element."
    ),
    "statistics": N_("Mean, spread and evenness of numbers drawn on the device."),
}

_DTYPES = {
    "tf32": "TF32",
    "float8_e4m3fn": "float8 e4m3",
    "float8_e5m2": "float8 e5m2",
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
    "special": N_("A special value came out wrong."),
    "statistics": N_("The numbers do not have the distribution that they should have."),
    "seed_ignored": N_("Another seed gave the same numbers."),
    "flushed": N_("Numbers below the smallest normal one become 0 here."),
    "library": N_("This is known of the framework; the device is not to blame."),
    "cut_off": N_("Results are cut off instead of rounded to the nearest number."),
    "raised": N_("The framework raised an error."),
    "tf32": N_(
        "Inputs are rounded to TF32: about 3 correct decimal digits. NVIDIA_TF32_OVERRIDE=0 "
        "switches it off."
    ),
    "bfloat16": N_("Inputs are rounded to bfloat16: about 2 correct decimal digits."),
    "float32": N_("Calculated in float32: about 7 correct decimal digits."),
}


def operation_name(operation: str) -> str:
    """Return the field's name of an operation."""
    known = _OPERATIONS.get(operation)
    return _(known) if known else operation.replace("_", " ")


def shape_text(row: PrecisionRow) -> str:
    """Return the sizes of the operands, or which special values they are."""
    known = _SPECIAL.get(row.shape)
    return _(known) if known else row.shape


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
    return joining.sentences((text, row.message))


def worst_element(detail: RowDetail) -> str:
    """Return the worst element's inputs, reference and result, a line and its bits each."""
    numbers = [*detail.inputs, detail.reference, detail.result]
    known = {"reference": _("right"), "result": _("result")}
    rows = [
        (known.get(number.name, number.name), number.decimal, number.hex, number.bits)
        for number in numbers
        if number is not None
    ]
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(3)]
    return "\n".join(
        "  ".join((*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]))
        for row in rows
    )


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
    known = [row for row in rows if row.reason == "library"]
    rows = [row for row in rows if row.reason != "library"]
    lower = {row.dtype for row in rows if row.verdict is RowVerdict.LOWER}
    sentences = [_right_text([row for row in rows if row.dtype not in lower])]
    sentences += [_lower_text(dtype, rows) for dtype in _in_order(rows) if dtype in lower]
    if known:
        names = list(dict.fromkeys(shape_text(row) for row in known))
        sentences.append(
            _("Known of the framework, not of the device: {cases}.").format(cases=_listed(names))
        )
    return joining.sentences(sentences)


def _failed_text(failed: Sequence[PrecisionRow], total: int) -> str:
    first = failed[0]
    start = n_(
        "{count} of {total} checks failed.", "{count} of {total} checks failed.", len(failed)
    ).format(count=len(failed), total=total)
    reason = reason_text(first)
    title = row_title(first)
    title = title[:1].upper() + title[1:]
    what = joining.labelled(title, reason) if reason else joining.full_stop(title)
    return joining.sentences((start, what))


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
        return joining.full_stop(start)
    expert = _("largest error {ratio} of its bound").format(ratio=number_text(max(ratios), 2))
    whole = joining.remarked(start, expert) if brackets else joining.labelled(start, expert)
    return joining.full_stop(whole)


def _in_order(rows: Iterable[PrecisionRow]) -> list[str]:
    return list(dict.fromkeys(row.dtype for row in rows))


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("{names} and {last}").format(names=joining.listed(names[:-1]), last=names[-1])
