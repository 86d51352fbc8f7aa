"""The history as a table."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from accelgui.words import N_, _
from accelgui.words.history import entry_kind, entry_status, moment, result

if TYPE_CHECKING:
    from accelgui.history import Entry

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, from left to right."""

    WHEN = 0
    KIND = 1
    NAME = 2
    RESULT = 3
    STATUS = 4


_TITLES = {
    Column.WHEN: N_("When"),
    Column.KIND: N_("What"),
    Column.NAME: N_("Name and tags"),
    Column.RESULT: N_("Result"),
    Column.STATUS: N_("Ended"),
}


class HistoryModel(QAbstractTableModel):
    """When, what, name and tags, result, how it ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Entry] = []
        self._shown: list[Entry] = []
        self._words = ""
        self._kind = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that pass the filter, in the order of the rows."""
        return tuple(self._shown)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all, filtered or not."""
        return not self._all

    def show(self, entries: list[Entry]) -> None:
        """Show these, as far as they pass the filter."""
        if entries != self._all:
            self._all = entries
            self._filter()

    def set_filter(self, words: str, kind: str) -> None:
        """Show what holds all these words and is of this kind, "" for any."""
        self._words, self._kind = words.casefold(), kind
        self._filter()

    def row_of(self, number: int) -> int | None:
        """Return the row of an entry, None where it is not shown."""
        numbers = [entry.id for entry in self._shown]
        return numbers.index(number) if number in numbers else None

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature.
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature.
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_TITLES[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.DisplayRole:
            return _text(self._shown[index.row()], Column(index.column()))
        return None

    def _filter(self) -> None:
        self.beginResetModel()
        self._shown = [entry for entry in self._all if self._passes(entry)]
        self.endResetModel()

    def _passes(self, entry: Entry) -> bool:
        if self._kind and entry.kind != self._kind:
            return False
        texts = [_text(entry, column) for column in Column]
        whole = " ".join([*texts, entry.note, *map(str, entry.facts.values())]).casefold()
        return all(word in whole for word in self._words.split())


def _text(entry: Entry, column: Column) -> str:
    match column:
        case Column.WHEN:
            return moment(entry.begun_s)
        case Column.KIND:
            return entry_kind(entry.kind)
        case Column.NAME:
            tags = " ".join(f"#{tag}" for tag in entry.tags)
            return f"{entry.name}  {tags}".strip()
        case Column.RESULT:
            return result(entry.kind, entry.facts)
        case Column.STATUS:
            return entry_status(entry.status)
