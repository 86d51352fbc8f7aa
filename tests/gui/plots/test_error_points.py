from __future__ import annotations

import math
from dataclasses import replace

import pytest
from made import runs

from accelgui.gui.plots.error_points import DTYPES, END, FLOOR, LOWEST, dtypes, operations, points
from accelgui.gui.plots.style import mark_of
from accelgui.gui.theme import theme
from accelgui.model.precision_events import PrecisionRow, RowVerdict


def row(ratio: float | None, verdict: RowVerdict = RowVerdict.PASSED) -> PrecisionRow:
    return PrecisionRow("matmul", "float32", "bound", verdict, 1.0, 1.0, ratio)


@pytest.mark.parametrize(
    ("ratio", "verdict", "x"),
    [
        (1.0, RowVerdict.PASSED, 0.0),
        (0.01, RowVerdict.PASSED, -2.0),
        (1e-30, RowVerdict.PASSED, LOWEST),
        (0.0, RowVerdict.PASSED, FLOOR),
        (None, RowVerdict.PASSED, FLOOR),
        (None, RowVerdict.FAILED, END),
        (math.nan, RowVerdict.FAILED, END),
        (math.inf, RowVerdict.FAILED, END),
    ],
)
def test_that_a_row_stands_where_its_error_is(
    ratio: float | None, verdict: RowVerdict, x: float
) -> None:
    assert points([row(ratio, verdict)])[0].x == pytest.approx(x)


def test_that_each_operation_has_a_line_and_formats_stand_apart_in_it() -> None:
    found = points(runs.ROWS)
    assert operations(runs.ROWS) == ["matmul", "sum"]
    assert dtypes(runs.ROWS) == ["float32", "tf32", "bfloat16"]
    assert [round(point.y) for point in found] == [0, 0, 0, -1, -1]
    assert found[1].y != found[2].y


def test_that_no_rows_make_no_points() -> None:
    assert points([]) == []


def test_that_no_two_formats_look_alike(qapp: object) -> None:
    looks = {(theme.series_color(n).name(), mark_of(n)) for n in range(len(DTYPES) + 1)}
    assert len(looks) == len(DTYPES) + 1


def test_that_an_operation_checked_in_one_format_stands_in_the_middle_of_its_line() -> None:
    others = [replace(row(0.1), dtype=dtype) for dtype in ("float64", "float32", "bfloat16")]
    found = points([*others, replace(row(0.1), operation="mean")])
    assert [point.y for point in found[:3]] == pytest.approx([0.24, 0.0, -0.24])
    assert found[3].y == -1
