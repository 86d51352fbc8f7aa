"""The facts of one entry, or of several side by side, with what differs marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from accelgui.gui.theme import Role, theme
from accelgui.history.entries import differences
from accelgui.words import _
from accelgui.words.history import fact_text, fact_title, moment

if TYPE_CHECKING:
    from accelgui.history import Entry

_ROW_PX = 26


class Comparison(QTableWidget):
    """A row for each fact, a column for each entry; what differs stands out and comes first."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.horizontalHeader().setHighlightSections(False)
        theme.changed.connect(self.refresh)

    def show_entries(self, entries: list[Entry]) -> None:
        """Show these, from left to right."""
        self._entries = entries
        self.refresh()

    def refresh(self) -> None:
        """Write all anew, in the current language and colours."""
        entries = self._entries
        rows = differences(entries)
        rows.sort(key=lambda row: not row[2])
        self.setColumnCount(len(entries) + 1)
        self.setRowCount(len(rows))
        titles = [entry.name or moment(entry.begun_s) for entry in entries]
        self.setHorizontalHeaderLabels([_("Fact"), *titles])
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for row, (name, values, differs) in enumerate(rows):
            texts = [fact_title(name), *(fact_text(name, value) for value in values)]
            for column, text in enumerate(texts):
                self.setItem(row, column, _item(text, differs=differs))


def _item(text: str, *, differs: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    if differs:
        item.setBackground(theme.surface(Role.WARNING))
        item.setForeground(theme.color(Role.TEXT))
        font = item.font()
        font.setBold(True)
        item.setFont(font)
    return item
