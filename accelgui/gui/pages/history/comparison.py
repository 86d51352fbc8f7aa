"""The facts of one entry, or of several side by side, with what differs marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from accelgui.gui.theme import SPACE, Role, theme
from accelgui.history.comparing import changed_rows, differences
from accelgui.words import _, joining
from accelgui.words.history import NOTHING, fact_text, fact_title, moments, row_text
from accelgui.words.precision import row_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

    from accelgui.history import Entry
    from accelgui.model.precision_events import PrecisionRow

    Rows = dict[PrecisionRow, tuple[str, float | None]]
    Line = tuple[str, tuple[str, ...], bool]

_ROW_PX = 26
_WIDEST_PX = 170
_NARROWEST_PX = 80


class Comparison(QTableWidget):
    """A row for each fact, a column for each entry; what differs stands out and comes first.

    `rows_of` gives the rows of a precision check, {} for other entries.
    """

    def __init__(self, rows_of: Callable[[int], Rows]) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._texts: list[tuple[tuple[str, ...], bool]] = []
        self._rows_of = rows_of
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(_NARROWEST_PX)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self.refresh)

    def show_entries(self, entries: list[Entry]) -> None:
        """Show these, from left to right."""
        self._entries = entries
        self.refresh()

    def refresh(self) -> None:
        """Write all anew, in the current language and colours."""
        entries = self._entries
        lines = [*self._fact_lines(), *self._row_lines()]
        lines.sort(key=lambda line: not line[2])
        self.setColumnCount(len(entries) + 1)
        self.setRowCount(len(lines))
        self.setHorizontalHeaderLabels([_("Fact"), *titles(entries)])
        for row, (name, values, differs) in enumerate(lines):
            for column, text in enumerate((name, *values)):
                self.setItem(row, column, _item(text, differs=differs))
        self._texts = [((name, *values), differs) for name, values, differs in lines]
        self._fit()
        self.setAccessibleName(_("Facts side by side") if len(entries) > 1 else _("Facts"))

    def _fact_lines(self) -> list[Line]:
        return [
            (fact_title(name), tuple(fact_text(name, value) for value in values), differs)
            for name, values, differs in differences(self._entries)
        ]

    def _row_lines(self) -> list[Line]:
        """Return the rows of precision checks that differ; all the others are the same."""
        if len(self._entries) < 2:
            return []
        tables = [self._rows_of(entry.id) for entry in self._entries]
        if not all(tables):
            return []
        return [
            (_row_name(row), tuple(_cell(cell) for cell in cells), True)
            for row, cells in changed_rows(tables)
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give columns what they need; where room lacks, what the values that differ need."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        whole_px = self._needed_px([texts for texts, _differs in self._texts])
        differing = [texts for texts, differs in self._texts if differs or len(texts) == 2]
        tight_px = [min(width_px, _WIDEST_PX) for width_px in self._needed_px(differing)]
        has_room = sum(whole_px) <= self.viewport().width()
        for column, width_px in enumerate(whole_px if has_room else tight_px):
            self.setColumnWidth(column, width_px)
        if len(self._entries) == 1:
            # The last section does not become narrower than it was set to, a stretched one does.
            header.setStretchLastSection(False)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _needed_px(self, rows: Sequence[tuple[str, ...]]) -> list[int]:
        font = self.font()
        font.setBold(True)
        advance = QFontMetrics(font).horizontalAdvance
        return [
            max(
                max((advance(row[column]) for row in rows), default=0) + 2 * SPACE,
                self.horizontalHeader().sectionSizeHint(column),
            )
            for column in range(self.columnCount())
        ]


def titles(entries: Sequence[Entry]) -> list[str]:
    """Return what entries are called where they stand side by side: names, or when they began."""
    begun = [entry.begun_s for entry in entries]
    return [entry.name or when for entry, when in zip(entries, moments(begun), strict=True)]


def _row_name(row: PrecisionRow) -> str:
    return joining.clauses((row_title(row), row.shape))


def _cell(cell: tuple[str, float | None] | None) -> str:
    return NOTHING if cell is None else row_text(*cell)


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


def ordered(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries from the oldest to the newest, as one tells what changed."""
    return sorted(entries, key=lambda entry: (entry.begun_s, entry.id))
