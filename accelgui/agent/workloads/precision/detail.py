"""A closer look at a row: where its errors are, how large, and the worst of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accelgui.agent.workloads.precision.bits import number
from accelgui.agent.workloads.precision.formats import FORMATS, Array, operand_format
from accelgui.agent.workloads.precision.operations import OPERATIONS
from accelgui.model.precision import HISTOGRAM_EDGES_ULP, NOT_FINITE, Number, RowDetail

if TYPE_CHECKING:
    from accelgui.agent.workloads.precision.cases import Case
    from accelgui.agent.workloads.precision.tiers import Evidence

_HEAT_ROWS, _HEAT_COLUMNS = 24, 32
# The products that weigh most in the worst element of a matrix product.
_PRODUCTS = 3


def look_closer(case: Case, evidence: Evidence, at: tuple[int, ...], reproducer: str) -> RowDetail:
    """Return the detail of a row; `at` is its worst element, () for the one furthest off."""
    if evidence.result.shape != evidence.expected.shape or not evidence.result.size:
        return RowDetail(part=evidence.part, reproducer=reproducer)
    errors = errors_in_ulp(evidence, case.dtype)
    place = at if len(at) == errors.ndim else _furthest(errors)
    return RowDetail(
        histogram=histogram(errors),
        heat=heat(errors),
        heat_shape=_plane(errors).shape,
        inputs=() if evidence.part is not None else tuple(_inputs(case, evidence, place)),
        reference=_reference(evidence, place),
        result=number("result", float(evidence.result[place]), _result_dtype(case)),
        part=evidence.part,
        reproducer=reproducer,
    )


def errors_in_ulp(evidence: Evidence, dtype: str) -> Array:
    """Return |result − expected| in units of the last place of `dtype` at the expected number."""
    form = operand_format(dtype) if dtype in FORMATS else FORMATS["float32"]
    expected = np.asarray(evidence.expected, np.float64)
    with np.errstate(all="ignore"):
        errors = np.abs(evidence.result.astype(np.float64) - expected)
        errors = np.where(evidence.result == expected, 0.0, errors)
        errors = np.where(np.isnan(evidence.result) & np.isnan(expected), 0.0, errors)
        finite = np.where(np.isfinite(expected), expected, 0.0)
        return np.asarray(errors / form.ulp(finite))


def histogram(errors: Array) -> tuple[int, ...]:
    """Count errors by HISTOGRAM_EDGES_ULP; what is no number counts as the largest."""
    flat = np.where(np.isfinite(errors), errors, np.inf).ravel()
    places = np.searchsorted(HISTOGRAM_EDGES_ULP, flat, side="left")
    counts = np.bincount(places, minlength=len(HISTOGRAM_EDGES_ULP) + 1)
    return tuple(int(count) for count in counts)


def heat(errors: Array) -> tuple[tuple[float, ...], ...]:
    """Return the largest error in each cell of a coarse grid."""
    plane = _plane(errors)
    rows = _cuts(plane.shape[0], _HEAT_ROWS)
    columns = _cuts(plane.shape[1], _HEAT_COLUMNS)
    bad = np.where(np.isfinite(plane), plane, np.inf)
    cells = np.maximum.reduceat(np.maximum.reduceat(bad, rows, axis=0), columns, axis=1)
    return tuple(
        tuple(float(f"{x:.3g}") if np.isfinite(x) else NOT_FINITE for x in row) for row in cells
    )


def _plane(errors: Array) -> Array:
    if errors.ndim >= 2:
        return errors.reshape(-1, errors.shape[-1])
    # A long row is broken into lines, as text is; what is left over stays out of the picture.
    width = max(1, int(np.sqrt(errors.size)))
    lines = max(1, errors.size // width)
    return errors.ravel()[: lines * width].reshape(lines, width)


def _cuts(size: int, most: int) -> Array:
    return np.unique(np.linspace(0, size, min(size, most), endpoint=False).astype(int))


def _furthest(errors: Array) -> tuple[int, ...]:
    flat = int(np.argmax(np.where(np.isfinite(errors), errors, np.inf)))
    return tuple(int(n) for n in np.unravel_index(flat, errors.shape))


def _reference(evidence: Evidence, place: tuple[int, ...]) -> Number:
    return number("reference", float(evidence.expected[place]), "float64")


def _result_dtype(case: Case) -> str:
    return (
        "float32" if case.dtype.startswith("float8") and case.operation == "matmul" else case.dtype
    )


def _inputs(case: Case, evidence: Evidence, place: tuple[int, ...]) -> list[Number]:
    operands = evidence.operands
    if case.operation == "matmul" and operands[0].ndim == 2:
        return _products(case.dtype, operands, place)
    is_alike = all(x.shape == evidence.result.shape for x in operands)
    definition = OPERATIONS.get(case.operation)
    if not is_alike or definition is None or definition.has_tf32:
        return []
    return [
        number(f"{'xyz'[n]}{list(place)}", float(x[place]), case.dtype)
        for n, x in enumerate(operands[:3])
    ]


def _products(dtype: str, operands: tuple[Array, ...], place: tuple[int, ...]) -> list[Number]:
    row, column = operands[0][place[0]], operands[1][:, place[1]]
    with np.errstate(all="ignore"):
        weights = np.nan_to_num(np.abs(row * column), nan=np.inf)
    largest = np.argsort(-weights, kind="stable")[:_PRODUCTS]
    found = []
    for k in map(int, largest):
        found.append(number(f"a[{place[0]}, {k}]", float(row[k]), dtype))
        found.append(number(f"b[{k}, {place[1]}]", float(column[k]), dtype))
    return found
