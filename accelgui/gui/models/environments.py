"""The table environment × framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from accelgui.diagnosis.environments import Cell, CellStatus, cells
from accelgui.gui import icons
from accelgui.gui.shell.pythons import shortened
from accelgui.gui.theme import Role, theme
from accelgui.gui.widgets.status_mark import ICONS
from accelgui.model.finding import Severity
from accelgui.model.requests import FRAMEWORKS
from accelgui.runs.environment_check import EnvironmentRow
from accelgui.words import _, joining
from accelgui.words.devices import key_name
from accelgui.words.environments import (
    kind_name,
    module_name,
    module_words,
    problem,
    reason,
    status_name,
)
from accelgui.words.frameworks import framework_name

if TYPE_CHECKING:
    from accelgui.runs.environments import Environment

Index = QModelIndex | QPersistentModelIndex

_ROLES = {
    CellStatus.ACCELERATES: Role.GOOD,
    CellStatus.CPU_ONLY: Role.WARNING,
    CellStatus.BROKEN: Role.BAD,
    CellStatus.NO_ANSWER: Role.BAD,
}
_OTHERS = len(FRAMEWORKS) + 1


class EnvironmentsModel(QAbstractTableModel):
    """Environment, each framework, further libraries."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[EnvironmentRow] = []
        self._cells: list[tuple[Cell, ...]] = []
        self._is_looking = False
        # The Python of the row that is being looked at now.
        self._under_way: str | None = None
        theme.changed.connect(self.refresh)

    def begin(self, environments: list[Environment]) -> None:
        """Show environments of which nothing is known yet."""
        self.beginResetModel()
        self._rows = [EnvironmentRow(environment) for environment in environments]
        self._cells = [() for _row in self._rows]
        self._is_looking, self._under_way = True, None
        self.endResetModel()

    def add(self, environment: Environment) -> int:
        """Show one more, or forget what was known of it; returns its row."""
        self._is_looking = True
        number = self.number_of(environment.python)
        if number is not None:
            self.take(EnvironmentRow(environment))
            return number
        number = len(self._rows)
        self.beginInsertRows(QModelIndex(), number, number)
        self._rows.append(EnvironmentRow(environment))
        self._cells.append(())
        self.endInsertRows()
        return number

    def rest(self) -> None:
        """Say of what was not examined that it was not."""
        self._is_looking, self._under_way = False, None
        self.refresh()

    def take(self, row: EnvironmentRow) -> None:
        """Show more of one environment."""
        number = self.number_of(row.environment.python)
        if number is None:
            return
        self._under_way = None if row.is_done else row.environment.python
        self._rows[number] = row
        self._cells[number] = cells(row.snapshot) if row.snapshot else ()
        self.dataChanged.emit(self.index(number, 0), self.index(number, _OTHERS))

    def number_of(self, python: str) -> int | None:
        """Return the row of a Python, None where it has none."""
        pythons = [known.environment.python for known in self._rows]
        return pythons.index(python) if python in pythons else None

    def row(self, number: int) -> EnvironmentRow:
        """Return what is known of one environment."""
        return self._rows[number]

    def cells_of(self, number: int) -> tuple[Cell, ...]:
        """Return its frameworks, () where nothing is known of them."""
        return self._cells[number]

    @property
    def done_count(self) -> int:
        """How many environments have been examined."""
        return sum(row.is_done for row in self._rows)

    def refresh(self) -> None:
        """Take the words of the current language and the colours of the scheme in force."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, _OTHERS)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, _OTHERS))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default.
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default.
        return 0 if parent.isValid() else _OTHERS + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        cell = self._cell(index.row(), column)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column, cell, self._pending_words(row))
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row, column, cell)
            case Qt.ItemDataRole.DecorationRole if 0 < column < _OTHERS:
                role_shown = _role(row, cell)
                return role_shown and icons.icon(ICONS[role_shown], role_shown, 16)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == 0:
            return _("Environment")
        return _("Also here") if section == _OTHERS else framework_name(FRAMEWORKS[section - 1])

    def _cell(self, row: int, column: int) -> Cell | None:
        found = self._cells[row]
        return found[column - 1] if found and 0 < column < _OTHERS else None

    def _pending_words(self, row: EnvironmentRow) -> str:
        if not self._is_looking:
            return _("not examined")
        is_under_way = row.environment.python == self._under_way
        return _("looking…") if is_under_way else _("waiting…")


def _role(row: EnvironmentRow, cell: Cell | None) -> Role | None:
    """Return the role of a cell, None where there is nothing to mark."""
    if cell is None:
        return Role.BAD if row.is_done else None
    is_calm = cell.finding is not None and cell.finding.severity is Severity.INFO
    if cell.status is CellStatus.CPU_ONLY and is_calm:
        # Without an accelerator on the machine nothing is amiss.
        return Role.ACCENT
    return _ROLES.get(cell.status)


def _text(row: EnvironmentRow, column: int, cell: Cell | None, pending: str) -> str:
    if column == 0:
        return f"{shortened(row.environment.name)}\n{kind_name(row.environment.kind.value)}"
    if column == _OTHERS:
        return joining.listed(
            module_name(module.name)
            for module in row.modules
            if module.present and module.loads is not False
        )
    if cell is not None:
        is_waiting = cell.status is CellStatus.UNKNOWN and not row.is_done
        if is_waiting:
            return pending
        words = _unbroken(status_name(cell.status.value, cell.device), cell.device)
        return f"{words}\n{cell.version}" if cell.version else words
    return _("gives no answer") if row.is_done else pending


def _unbroken(words: str, device: str | None) -> str:
    """Return the words such that a narrow column does not part a device from its number."""
    name = key_name(device) if device else ""
    return words.replace(name, name.replace(" ", "\N{NO-BREAK SPACE}")) if name else words


def _tip(row: EnvironmentRow, column: int, cell: Cell | None) -> str:
    if column == 0:
        return row.environment.python
    if column == _OTHERS:
        return "\n".join(
            joining.labelled(module_name(m.name), module_words(m)) for m in row.modules
        )
    if cell is not None:
        return reason(cell.finding)
    return problem(row.problem) if row.is_done else ""
