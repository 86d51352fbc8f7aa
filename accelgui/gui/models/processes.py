"""Processes that use devices, as a table."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from accelgui.model.sample import HOST
from accelgui.words import N_, _
from accelgui.words.devices import key_name
from accelgui.words.units import bytes_text, percent_text

if TYPE_CHECKING:
    from accelgui.model.sample import DeviceProcess

Index = QModelIndex | QPersistentModelIndex

NOTHING = "–"


class Column(IntEnum):
    """The columns, from left to right."""

    DEVICE = 0
    NAME = 1
    PID = 2
    USER = 3
    MEMORY = 4
    LOAD = 5


_TITLES = {
    Column.DEVICE: N_("Device"),
    Column.NAME: N_("Process"),
    Column.PID: N_("PID"),
    Column.USER: N_("User"),
    Column.MEMORY: N_("Memory"),
    Column.LOAD: N_("Load"),
}
_NUMBERS = {Column.PID, Column.MEMORY, Column.LOAD}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ProcessModel(QAbstractTableModel):
    """Device, process, number, user, memory, load."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._processes: tuple[DeviceProcess, ...] = ()

    @property
    def processes(self) -> tuple[DeviceProcess, ...]:
        """The processes, in the order of the rows."""
        return self._processes

    def process(self, row: int) -> DeviceProcess:
        """Return the process of a row."""
        return self._processes[row]

    def row_of(self, process: DeviceProcess) -> int | None:
        """Return the row of a process, None where it is gone."""
        keys = [_key(known) for known in self._processes]
        return keys.index(_key(process)) if _key(process) in keys else None

    def show(self, processes: tuple[DeviceProcess, ...]) -> None:
        """Show these; where they are the same ones, only their values change."""
        if [_key(p) for p in processes] == [_key(p) for p in self._processes]:
            self._processes = processes
            if processes:
                last = self.index(len(processes) - 1, len(Column) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._processes = processes
        self.endResetModel()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature.
        return 0 if parent.isValid() else len(self._processes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature.
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_TITLES[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(self._processes[index.row()], Column(index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in _NUMBERS else _LEFT
        return None


def _text(process: DeviceProcess, column: Column) -> str:
    load = process.cpu_percent if process.device == HOST else process.utilisation_percent
    match column:
        case Column.DEVICE:
            return _("This run") if process.device == HOST else key_name(process.device)
        case Column.NAME:
            return process.name or _("not visible from here")
        case Column.PID:
            return str(process.pid)
        case Column.USER:
            return process.user or NOTHING
        case Column.MEMORY:
            return NOTHING if process.memory_bytes is None else bytes_text(process.memory_bytes)
        case Column.LOAD:
            return NOTHING if load is None else percent_text(round(load))


def _key(process: DeviceProcess) -> tuple[str, int, float | None]:
    return process.device, process.pid, process.started_s
