"""The history page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer
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
from accelgui.gui.pages.history.comparison import Comparison
from accelgui.gui.pages.page import Page
from accelgui.gui.pages.training.panels import PANELS
from accelgui.gui.plots.time_plots import TimePlots
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import Banner, Button, Card, EmptyState
from accelgui.gui.widgets.fields import Choice
from accelgui.words import _, n_
from accelgui.words.history import entry_kind, moment

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.history import Entry

_ROW_PX = 28
_REFRESH_MS = 300
# More curves than these over each other tell nothing.
_MOST_COMPARED = 4
_KINDS = ("check", "precision", "training")


class HistoryPage(Page):
    """A list; below, what was chosen: facts, and curves over each other."""

    code: ClassVar[str] = "history"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = HistoryModel(self)
        self.table = QTableView()
        self.filter = QLineEdit()
        self.kind = Choice()
        self.name, self.tags, self.note = QLineEdit(), QLineEdit(), QLineEdit()
        self.delete = Button(kind="quiet", icon="trash-2")
        self.banner = Banner()
        self.undo = Banner()
        self.comparison = Comparison()
        self.plots = TimePlots(PANELS, self._label_of)
        self.empty = EmptyState("history")
        self._deleted: list[int] = []
        self._shown: list[Entry] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REFRESH_MS)
        self._build()
        self._connect()
        self._on_selected()
        self.refresh()

    def _build(self) -> None:
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.kind.setFixedWidth(150)
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.filter, 1)
        top.addWidget(self.kind)
        top.addWidget(self.delete)
        listing = Card(is_compact=True)
        listing.body.addLayout(top)
        listing.body.addWidget(self.table, 1)
        self._detail = Card(is_compact=True)
        words = QHBoxLayout()
        words.setSpacing(SPACE)
        for line, stretch in ((self.name, 2), (self.tags, 2), (self.note, 3)):
            words.addWidget(line, stretch)
        self._words = QWidget()
        self._words.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        self._detail.body.addWidget(self._words)
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.addWidget(self.comparison)
        beside.addWidget(self.plots)
        beside.setHandleWidth(2 * SPACE)
        beside.setSizes([400, 500])
        self._detail.body.addWidget(beside, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(listing)
        split.addWidget(self._detail)
        split.setHandleWidth(SPACE)
        split.setSizes([260, 360])
        self.table.setMinimumHeight(4 * _ROW_PX)
        stage = QWidget()
        self._stage = QStackedLayout(stage)
        self._stage.addWidget(self.empty)
        self._stage.addWidget(split)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self.banner, self.undo):
            column.addWidget(widget)
        column.addWidget(stage, 1)

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.filter.textChanged.connect(self._on_filter)
        self.kind.chosen.connect(self._on_filter)
        self.delete.clicked.connect(self.delete_chosen)
        self.undo.action_pressed.connect(self.undo_delete)
        for line in (self.name, self.tags, self.note):
            line.editingFinished.connect(self._describe)
        self._soon.timeout.connect(self.refresh)
        self.plots.trouble.connect(lambda text: self.banner.say(Role.WARNING, text))
        self.session.history_opened.connect(self._on_opened)
        self._on_opened()

    def on_shown(self) -> None:
        self.session.keep_history()
        self.refresh()
        if not self._shown and self.model.entries:
            self.table.selectRow(0)

    def retranslate(self) -> None:
        self.filter.setPlaceholderText(_("Filter by words: device, driver, tag, note…"))
        self.filter.setAccessibleName(_("Filter"))
        self.kind.offer([("", _("Everything")), *((kind, entry_kind(kind)) for kind in _KINDS)])
        self.kind.setAccessibleName(_("Kind"))
        self.delete.setText(_("Delete"))
        self.delete.explain(_("Delete what is chosen; it can be undone"), "Del")
        for line, words in (
            (self.name, _("Name")),
            (self.tags, _("Tags, with spaces between")),
            (self.note, _("Note")),
        ):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
        self.table.setAccessibleName(_("History"))
        self.empty.say(
            _("Nothing yet"),
            _(
                "Every check, precision check and training is kept here with its facts and curves,"
                " to be compared after the next update. Nothing has to be started."
            ),
        )
        self.plots.retranslate()
        self.model.retranslate()
        self.comparison.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        keeper = self.session.keeper
        if keeper is None:
            return
        chosen = [entry.id for entry in self._chosen()]
        if keeper.history is not None:
            self.model.show(keeper.history.entries())
        for number in chosen:
            row = self.model.row_of(number)
            if row is not None:
                self.table.selectionModel().select(
                    self.model.index(row, 0),
                    self.table.selectionModel().SelectionFlag.Select
                    | self.table.selectionModel().SelectionFlag.Rows,
                )
        self._stage.setCurrentIndex(0 if self.model.is_empty else 1)
        text = _("The history cannot be written now: {reason}. It is tried again.")
        self.banner.say(
            Role.WARNING,
            text.format(reason=keeper.problem) if keeper.problem else keeper.notice,
        )

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

    def _on_opened(self) -> None:
        if self.session.keeper is not None:
            self.session.keeper.changed.connect(self._on_changed)
            self.refresh()

    def _on_changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _on_filter(self) -> None:
        self.model.set_filter(self.filter.text(), self.kind.code)

    def _chosen(self) -> list[Entry]:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.entries[row] for row in rows if row < len(self.model.entries)]

    def _on_selected(self) -> None:
        chosen = self._chosen()[:_MOST_COMPARED]
        self.delete.setEnabled(bool(chosen))
        self._words.setVisible(len(chosen) == 1)
        self._detail.setVisible(bool(chosen))
        if chosen == self._shown:
            return
        if [e.id for e in chosen] != [e.id for e in self._shown] and len(chosen) == 1:
            self.name.setText(chosen[0].name)
            self.tags.setText(" ".join(chosen[0].tags))
            self.note.setText(chosen[0].note)
        self._shown = chosen
        self.comparison.show_entries(chosen)
        self._draw(chosen)

    def _draw(self, entries: list[Entry]) -> None:
        stack = self.plots.stack
        for run in stack.runs:
            stack.remove_run(run)
        keeper = self.session.keeper
        trainings = [entry for entry in entries if entry.kind == "training"]
        self.plots.setVisible(bool(trainings))
        if keeper is None or keeper.history is None:
            return
        for entry in trainings:
            stack.add_run(str(entry.id))
            for (panel, track), series in keeper.history.series(entry.id).items():
                stack.add_curve(str(entry.id), panel, track, series, 0.0)
        stack.settle()
        stack.fit()

    def _describe(self) -> None:
        keeper = self.session.keeper
        if keeper is None or keeper.writer is None or len(self._shown) != 1:
            return
        entry = self._shown[0]
        said = (self.name.text().strip(), tuple(self.tags.text().split()), self.note.text().strip())
        if said != (entry.name, entry.tags, entry.note):
            keeper.writer.describe(entry.id, name=said[0], tags=said[1], note=said[2])

    def _label_of(self, run: str) -> str:
        for entry in self._shown:
            if str(entry.id) == run:
                return entry.name or moment(entry.begun_s)
        return run
