from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shiboken6
from made import runs
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from accelgui.gui.models.precision import Column, PrecisionModel, SortedPrecision

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def model(qapp: object) -> Iterator[PrecisionModel]:
    made = PrecisionModel()
    proxy = SortedPrecision(made, made)
    strict = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(tested, strict) for tested in (made, proxy)]
    made.add(list(runs.ROWS[:2]))
    made.add([])
    made.add(list(runs.ROWS[2:]))
    yield made
    made.clear()
    made.refresh()
    assert made.rowCount() == 0
    # In this order: a tester looks at its model until it is gone itself.
    for thing in (*testers, made):
        shiboken6.delete(thing)


def texts(model: PrecisionModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in Column]


def test_that_a_row_says_what_was_checked_and_what_came_out(model: PrecisionModel) -> None:
    assert texts(model, 1) == [
        "matrix product",
        "float32",
        "bound",
        "4.0e-5",
        "0.030",
        "passed",
    ]


def test_that_what_was_not_measured_is_not_a_zero(model: PrecisionModel) -> None:
    assert texts(model, 0)[Column.RATIO] == "–"
    assert texts(model, 3)[Column.ERROR] == "not a number"


def test_that_numbers_stand_right_and_verdicts_have_icons(model: PrecisionModel) -> None:
    alignment = model.index(0, Column.RATIO).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight
    for row in range(model.rowCount()):
        assert not model.index(row, Column.VERDICT).data(Qt.ItemDataRole.DecorationRole).isNull()


def test_that_sorting_by_verdict_puts_failures_first_and_by_number_puts_nan_last(
    model: PrecisionModel,
) -> None:
    proxy = model.findChild(SortedPrecision)
    proxy.sort(Column.VERDICT, Qt.SortOrder.AscendingOrder)
    assert proxy.index(0, Column.VERDICT).data() == "failed"
    proxy.sort(Column.ERROR, Qt.SortOrder.AscendingOrder)
    errors = [proxy.index(row, Column.ERROR).data() for row in range(proxy.rowCount())]
    assert errors == ["0", "4.0e-5", "0.20", "9", "not a number"]
    proxy.sort(-1)
    assert [proxy.mapToSource(proxy.index(row, 0)).row() for row in range(5)] == [0, 1, 2, 3, 4]
