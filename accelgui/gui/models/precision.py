"""The rows of a precision check as a table."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from accelgui.gui import icons
from accelgui.gui.theme import Role, theme
from accelgui.gui.widgets.status_mark import ICONS
from accelgui.model.precision_events import RowVerdict
from accelgui.words import N_, _, precision
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from accelgui.model.precision_events import PrecisionRow

Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole
NOTHING = "–"

VERDICT_ROLES = {
    RowVerdict.PASSED: Role.GOOD,
    RowVerdict.LOWER: Role.WARNING,
    RowVerdict.FAILED: Role.BAD,
}

# One word each, so that the table fits the smallest window; the tooltip has the sentence.
_SHORT_TIERS = {"exact": N_("exact"), "bound": N_("bound"), "repeat": N_("repeats")}

# What needs a look comes first where a person sorts by verdict.
_URGENCY = {RowVerdict.FAILED: 0, RowVerdict.LOWER: 1, RowVerdict.PASSED: 2}


class Column(IntEnum):
    """The columns, from left to right."""

    OPERATION = 0
    DTYPE = 1
    TIER = 2
    ERROR = 3
    RATIO = 4
    VERDICT = 5


_NUMBERS = {Column.ERROR, Column.RATIO}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PrecisionModel(QAbstractTableModel):
    """Operation, format, check, largest error, error ÷ bound, verdict."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[PrecisionRow] = []
        theme.changed.connect(self.refresh)

    @property
    def rows(self) -> tuple[PrecisionRow, ...]:
        """All rows in the order in which they came."""
        return tuple(self._rows)

    def row(self, number: int) -> PrecisionRow:
        """Return one row."""
        return self._rows[number]

    def add(self, rows: list[PrecisionRow]) -> None:
        """Add rows below."""
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()

    def clear(self) -> None:
        """Forget all rows."""
        self.beginResetModel()
        self._rows.clear()
        self.endResetModel()

    def refresh(self) -> None:
        """Take the words of the current language and the colours of the scheme in force."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._rows:
            last = self.index(len(self._rows) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default.
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default.
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        return _datum(self._rows[index.row()], Column(index.column()), role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if Column(section) in _NUMBERS else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return _heading_tip(Column(section))
        return _heading(Column(section)) if role == Qt.ItemDataRole.DisplayRole else None


class SortedPrecision(QSortFilterProxyModel):
    """The same rows in the order that a person chose; first the order in which they came."""

    def __init__(self, model: PrecisionModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORT_ROLE)
        self.setSourceModel(model)


def _datum(row: PrecisionRow, column: Column, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        case Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in _NUMBERS else _LEFT
        case Qt.ItemDataRole.DecorationRole if column is Column.VERDICT:
            verdict = VERDICT_ROLES[row.verdict]
            return icons.icon(ICONS[verdict], verdict, 16)
        case Qt.ItemDataRole.ToolTipRole:
            return _tip(row, column)
        case _:
            return _sort_key(row, column) if role == SORT_ROLE else None


def _tip(row: PrecisionRow, column: Column) -> str:
    match column:
        case Column.OPERATION:
            return precision.shape_text(row)
        case Column.TIER:
            return precision.tier_explanation(row.tier)
        case _:
            return _text(row, column)


def _heading(column: Column) -> str:
    return {
        Column.OPERATION: _("Operation"),
        Column.DTYPE: _("Type"),
        Column.TIER: _("Check"),
        Column.ERROR: _("Error"),
        Column.RATIO: _("Error ÷ bound"),
        Column.VERDICT: _("Verdict"),
    }[column]


def _heading_tip(column: Column) -> str | None:
    return {
        Column.DTYPE: _("The number format"),
        Column.TIER: _(
            "Exact: every bit right. Bound: within its bound. Repeats: ten times alike."
        ),
        Column.ERROR: _("The largest absolute error"),
        Column.RATIO: _("The largest error, measured by what this number format allows there"),
    }.get(column)


def _text(row: PrecisionRow, column: Column) -> str:
    match column:
        case Column.OPERATION:
            return precision.operation_name(row.operation)
        case Column.DTYPE:
            return precision.dtype_name(row.dtype)
        case Column.TIER:
            return _(_SHORT_TIERS.get(row.tier, row.tier))
        case Column.ERROR:
            return NOTHING if row.error is None else number_text(row.error, 2)
        case Column.RATIO:
            return NOTHING if row.ratio is None else number_text(row.ratio, 2)
        case Column.VERDICT:
            return precision.verdict_name(row.verdict)


def _sort_key(row: PrecisionRow, column: Column) -> float | str:
    match column:
        case Column.ERROR:
            return _number_key(row.error)
        case Column.RATIO:
            return _number_key(row.ratio)
        case Column.VERDICT:
            return float(_URGENCY[row.verdict])
        case _:
            return _text(row, column).casefold()


def _number_key(value: float | None) -> float:
    # Nothing sorts below zero; NaN, which no number is above or below of, sorts above all.
    if value is None:
        return -1.0
    return math.inf if math.isnan(value) else value
