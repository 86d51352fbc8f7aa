"""Who uses the devices: a table, and the way to end one of them, after asking."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from accelgui.gui.models.processes import Column, ProcessModel
from accelgui.gui.pages.monitor.ending import end_process, is_alive
from accelgui.gui.theme import Role
from accelgui.gui.widgets import Banner, Button, Card, Label
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.words import _, joining

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection

    from accelgui.model.sample import DeviceProcess

_ROW_PX = 28
_MOST_ROWS = 5
# A program that was asked to end may have to write its weights first.
_PATIENCE_S = 5.0


class ProcessCard(Card):
    """A line that opens to the table; a button ends the chosen process, once confirmed in place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self.model = ProcessModel(self)
        self.table = QTableView()
        self.confirm = Banner()
        self.end = Button(kind="quiet", icon="x")
        self._asked: DeviceProcess | None = None
        self._ending: DeviceProcess | None = None
        self._ending_since_s = 0.0
        self._note = Label(kind="small")
        self._summary = ElidedLabel(kind="small")
        self.open = Button(kind="quiet")
        self.open.setCheckable(True)
        self._build()
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.end.clicked.connect(self._ask)
        self.confirm.action_pressed.connect(self._end)
        self.confirm.dismissed.connect(self._leave)
        self.show_processes(())

    def _build(self) -> None:
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.header.addWidget(self._summary, 3)
        self.header.addWidget(self.end)
        self.header.addWidget(self.open)
        self.open.toggled.connect(self._show_parts)
        self.body.addWidget(self.confirm)
        self.body.addWidget(self.table)
        self.body.addWidget(self._note)

    def show_processes(self, processes: tuple[DeviceProcess, ...]) -> None:
        """Show who uses what now; the chosen one stays chosen."""
        chosen = self._chosen()
        self.model.show(processes)
        if chosen is not None:
            row = self.model.row_of(chosen)
            if row is not None:
                self.table.selectRow(row)
        rows = min(max(len(processes), 1), _MOST_ROWS)
        head = self.table.horizontalHeader().sizeHint().height()
        # In a low window fewer are seen at once, rather than one thing over the other.
        self.table.setMinimumHeight(head + _ROW_PX + 4)
        self.table.setMaximumHeight(head + rows * _ROW_PX + 4)
        self.setVisible(bool(processes))
        self._summary.say(_summary(processes))
        self._on_selected()
        self._show_parts()
        self._look_after_ending()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Processes"))
        self.end.setText(_("End process…"))
        self._show_parts()
        self.end.explain(_("Ask the chosen process to end, after one more question"))
        self.table.setAccessibleName(_("Who uses the devices"))
        self.model.retranslate()
        self._on_selected()

    def _show_parts(self) -> None:
        is_open = self.open.isChecked()
        self.open.setText(_("Hide") if is_open else _("Show"))
        self.open.explain(_("Show or hide the processes"))
        self.table.setVisible(is_open)
        self._summary.setVisible(not is_open)
        self._note.setVisible(is_open and bool(self._note.plain))
        self.end.setVisible(is_open and self._chosen() is not None)

    def _chosen(self) -> DeviceProcess | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.process(rows[0].row()) if rows else None

    def _on_selected(self, _now: QItemSelection | None = None, _old: object = None) -> None:
        process = self._chosen()
        self.end.setVisible(self.open.isChecked() and process is not None)
        self.end.setEnabled(process is not None and process.name is not None)
        hidden = any(p.name is None for p in self.model.processes)
        self._note.say(
            _("A process without a name belongs to another user, container or system.")
            if hidden
            else ""
        )
        self._note.setVisible(hidden and self.open.isChecked())

    def _ask(self) -> None:
        process = self._chosen()
        if process is not None and process.name is not None:
            self._asked, self._ending = process, None
            text = _("End {name} ({pid})? What it has not saved is lost.")
            self.confirm.say(
                Role.WARNING, text.format(name=process.name, pid=process.pid), _("End it")
            )

    def _end(self) -> None:
        # A second time it is one that did not end when it was asked to.
        process, at_once = self._asked or self._ending, self._asked is None
        self._asked = self._ending = None
        if process is None:
            return
        problem = end_process(process, at_once=at_once)
        self.confirm.say(Role.BAD, problem)
        if not problem and not at_once:
            self._ending, self._ending_since_s = process, time.monotonic()

    def _leave(self) -> None:
        self._asked = self._ending = None

    def _look_after_ending(self) -> None:
        """Say when one that was asked to end stays, and offer to end it all the same."""
        process = self._ending
        if process is None or time.monotonic() - self._ending_since_s < _PATIENCE_S:
            return
        if not is_alive(process):
            self._ending = None
            self.confirm.say(Role.NEUTRAL, "")
            return
        text = _("{name} ({pid}) was asked to end, and goes on. Ended at once, it saves nothing.")
        words = text.format(name=process.name, pid=process.pid)
        self.confirm.say(Role.WARNING, words, _("End at once"))


def _summary(processes: tuple[DeviceProcess, ...]) -> str:
    """Return the names of the processes, those that hold most memory first."""
    ordered = sorted(processes, key=lambda p: -(p.memory_bytes or 0))
    names = dict.fromkeys(p.name or str(p.pid) for p in ordered)
    return joining.listed(names)
