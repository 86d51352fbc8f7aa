"""The history page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui.models.history import Column, HistoryModel
from accelgui.gui.pages.history.detail import PAGES, Detail
from accelgui.gui.pages.page import MARGIN, Page
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import Banner, Button, Card, EmptyState, Label
from accelgui.gui.widgets.fields import Choice
from accelgui.history.entries import (
    ALERT,
    BATCH_SEARCH,
    BENCHMARK,
    CHECK,
    LADDER,
    PRECISION,
    TRAINING,
)
from accelgui.history.kept import kept
from accelgui.words import _, n_
from accelgui.words.history import entry_kind

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.history import Entry

_ROW_PX = 28
_REFRESH_MS = 300
# As many as there are colours for curves that everybody can tell apart.
_MOST_COMPARED = 6
_KINDS = (CHECK, PRECISION, TRAINING, LADDER, BATCH_SEARCH, BENCHMARK, ALERT)


class HistoryPage(Page):
    """A list; below, what was chosen: facts, and curves over each other."""

    code: ClassVar[str] = "history"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = HistoryModel(self)
        self.table = QTableView()
        self.filter = QLineEdit()
        self.kind = Choice()
        self.delete = Button(kind="quiet", icon="trash-2")
        self.nothing_found = Label(kind="muted")
        self.banner = Banner()
        self.tidied = Banner()
        self.undo = Banner()
        self.detail = Detail(session)
        self.empty = EmptyState("history")
        self._deleted: list[int] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REFRESH_MS)
        self._build()
        self._connect()
        self._on_selected()
        self.refresh()

    def _build(self) -> None:
        self._build_table()
        self.kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.kind.setFixedWidth(150)
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.filter, 1)
        top.addWidget(self.kind)
        top.addWidget(self.delete)
        listing = Card(is_compact=True)
        listing.body.addLayout(top)
        listing.body.addWidget(self.nothing_found)
        listing.body.addWidget(self.table, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(listing)
        split.addWidget(self.detail)
        split.setHandleWidth(SPACE)
        split.setSizes([230, 390])
        stage = QWidget()
        self._stage = QStackedLayout(stage)
        self._stage.addWidget(self.empty)
        self._stage.addWidget(split)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 2 * SPACE, MARGIN, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self.banner, self.tidied, self.undo):
            column.addWidget(widget)
        column.addWidget(stage, 1)

    def _build_table(self) -> None:
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setMinimumHeight(3 * _ROW_PX)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.doubleClicked.connect(self._on_double_clicked)
        self.filter.textChanged.connect(self._on_filter)
        self.kind.chosen.connect(self._on_filter)
        self.delete.clicked.connect(self.delete_chosen)
        key = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)
        key.activated.connect(self.delete_chosen)
        self.undo.action_pressed.connect(self.undo_delete)
        self._soon.timeout.connect(self.refresh)
        self.detail.reopen_asked.connect(self.reopen_entry)
        for plots in (self.detail.plots, self.detail.machine_plots):
            plots.trouble.connect(lambda text: self.banner.say(Role.WARNING, text))
        self.session.history_opened.connect(self._on_opened)
        self._on_opened()

    def on_shown(self) -> None:
        self.session.keep_history()
        self.refresh()
        if not self.detail.shown and self.model.entries:
            self.table.selectRow(0)

    def retranslate(self) -> None:
        self.filter.setPlaceholderText(_("Filter by words: device, driver, tag, note…"))
        self.filter.setAccessibleName(_("Filter"))
        self.kind.offer([("", _("Everything")), *((kind, entry_kind(kind)) for kind in _KINDS)])
        self.kind.setAccessibleName(_("Kind"))
        self.delete.setText(_("Delete"))
        self.delete.explain(_("Delete what is chosen; it can be undone"), "Del")
        self.table.setAccessibleName(_("History"))
        self.table.setToolTip(_("Ctrl or Shift with a click compares several"))
        self.nothing_found.say(_("Nothing here holds all these words."))
        self.empty.say(
            _("Nothing yet"),
            _(
                "Every check, precision check, training, ladder and alert is kept here with its"
                " facts and curves, to be compared after the next update. Nothing has to be"
                " started."
            ),
        )
        self.detail.retranslate()
        self.model.retranslate()
        self._show_banners()

    def refresh(self) -> None:
        """Read the list anew."""
        keeper = self.session.keeper
        if keeper is None:
            return
        chosen = [entry.id for entry in self._chosen()]
        listed = keeper.history.entries() if keeper.history is not None else None
        if listed is not None:
            self.model.show(listed)
        self._choose(chosen)
        self._stage.setCurrentIndex(0 if self.model.is_empty else 1)
        self._show_found()
        self._show_banners()

    def delete_chosen(self) -> None:
        """Delete what is chosen."""
        keeper = self.session.keeper
        numbers = [entry.id for entry in self._chosen()]
        if keeper is None or keeper.writer is None or not numbers:
            return
        self._deleted = numbers
        keeper.writer.delete(numbers)
        text = n_("{count} entry deleted.", "{count} entries deleted.", len(numbers))
        self.undo.say(Role.NEUTRAL, text.format(count=len(numbers)), _("Undo"))

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        keeper = self.session.keeper
        if keeper is not None and keeper.writer is not None:
            keeper.writer.delete(self._deleted, undo=True)
        self._deleted = []
        self.undo.say(Role.NEUTRAL, "")

    def reopen_entry(self, number: int) -> None:
        """Show an entry on its page as it was."""
        keeper = self.session.keeper
        history = keeper.history if keeper is not None else None
        entry = kept(history, number) if history is not None else None
        if entry is not None and entry.entry.kind in PAGES:
            self.reopen_asked.emit(PAGES[entry.entry.kind], entry)

    def _choose(self, numbers: list[int]) -> None:
        selection = self.table.selectionModel()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        for number in numbers:
            row = self.model.row_of(number)
            if row is not None:
                selection.select(self.model.index(row, 0), flags)
        self._on_selected()

    def _show_banners(self) -> None:
        keeper = self.session.keeper
        if keeper is None:
            return
        text = _("The history cannot be written now: {reason}. It is tried again.")
        self.banner.say(
            Role.WARNING,
            text.format(reason=keeper.problem) if keeper.problem else keeper.notice,
        )
        if keeper.tidied != self.tidied.text:
            self.tidied.say(Role.NEUTRAL, keeper.tidied)

    def _show_found(self) -> None:
        self.nothing_found.setVisible(not self.model.entries and not self.model.is_empty)

    def _on_opened(self) -> None:
        if self.session.keeper is not None:
            self.session.keeper.changed.connect(self._on_changed)
            self.refresh()

    def _on_changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _on_filter(self) -> None:
        chosen = [entry.id for entry in self._chosen()]
        self.model.set_filter(self.filter.text(), self.kind.code)
        self._choose(chosen)
        self._show_found()

    def _on_double_clicked(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 1:
            self.reopen_entry(chosen[0].id)

    def _chosen(self) -> list[Entry]:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.entries[row] for row in rows if row < len(self.model.entries)]

    def _on_selected(self) -> None:
        chosen = self._chosen()
        keeper = self.session.keeper
        self.delete.setEnabled(bool(chosen) and keeper is not None and keeper.writer is not None)
        self.detail.setVisible(bool(chosen))
        self.detail.show_entries(chosen[:_MOST_COMPARED])
