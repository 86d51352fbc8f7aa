"""The page of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui.bridge.environment_scan import EnvironmentScan
from accelgui.gui.models.environments import EnvironmentsModel
from accelgui.gui.pages.environments.details import EnvironmentDetails
from accelgui.gui.pages.page import MARGIN, Page
from accelgui.gui.shell import pythons
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.banner import Banner
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.empty_state import EmptyState
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.progress_strip import ProgressStrip
from accelgui.runs.environments import find_environments, named
from accelgui.words import _, n_

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QResizeEvent

    from accelgui.gui.session import Session
    from accelgui.runs.environment_check import EnvironmentRow
    from accelgui.runs.environments import Environment

# Two lines, what it does and its version, of which one may wrap.
_ROW_PX = 56


class EnvironmentsPage(Page):
    """A table of all Pythons that were found; below it the chosen one in words."""

    code: ClassVar[str] = "environments"

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        find: Callable[[], list[Environment]] | None = None,
    ) -> None:
        super().__init__(session, parent)
        self.model = EnvironmentsModel(self)
        self.table = _Table()
        self.details = EnvironmentDetails()
        self.empty = EmptyState("terminal")
        self.progress = ProgressStrip()
        self.refusal = Banner()
        self.add_button = Button(icon="folder-open")
        self.again = Button(icon="refresh-cw")
        self._find = find or self._find_all
        self._summary = Label(kind="muted")
        self._stack = QStackedWidget()
        self._scan: EnvironmentScan | None = None
        self._is_stopped = False
        self._build()
        self._connect()

    @property
    def is_looking(self) -> bool:
        """Whether environments are being examined."""
        return self._scan is not None

    def start(self) -> None:
        """Find the environments and examine one after the other."""
        self._look(self._find, self._on_found)

    def add(self, python: str) -> None:
        """Examine one more Python, or say why that cannot be."""
        problem = pythons.problem_with(python)
        self.refusal.say(Role.WARNING, problem or "")
        if problem is None:
            self.session.settings.remember_python(python)
            self.session.settings.save()
            self._look(lambda: [named(python)], self._on_added)

    def _look(
        self,
        find: Callable[[], list[Environment]],
        on_found: Callable[[list[Environment]], None],
    ) -> None:
        if self._scan is not None:
            return
        machine = self.session.snapshot.machine if self.session.snapshot else None
        self._is_stopped = False
        # A child of the session, which ends its threads before the window closes.
        self._scan = EnvironmentScan(machine, find, self.session)
        self._scan.environments_found.connect(on_found)
        self._scan.row_changed.connect(self._on_row)
        self._scan.finished.connect(self._on_finished)
        self._stack.setCurrentIndex(1)
        self._show_state()
        self._scan.start()

    def stop(self) -> None:
        """Ask the look to end."""
        if self._scan is not None:
            self._is_stopped = True
            self.progress.set_cancel_enabled(False)
            self._scan.stop()

    def retranslate(self) -> None:
        self.empty.say(
            _("Which of your Pythons can accelerate?"),
            _(
                "Finds virtual environments, conda, pyenv, uv, Jupyter kernels and the system's"
                " Python, and lets each framework in them compute something. That takes some"
                " seconds for each; nothing is changed in them."
            ),
            _("Find environments"),
        )
        self.again.setText(_("Look again"))
        self.add_button.setText(_("Add a Python…"))
        self.table.setAccessibleName(_("Environments and their frameworks"))
        self.details.retranslate()
        self.model.refresh()
        self._show_state()
        self._show_chosen()

    def _build(self) -> None:
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(True)
        self.table.setTabKeyNavigation(False)
        self.table.setCornerButtonEnabled(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.details.hide()
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self._summary, 1)
        row.addWidget(self.add_button)
        row.addWidget(self.again)
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addLayout(row)
        column.addWidget(self.progress)
        column.addWidget(self.refusal)
        column.addWidget(self.table, 1)
        column.addWidget(self.details)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(results)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outer.addWidget(self._stack)

    def _connect(self) -> None:
        self.empty.pressed.connect(self.start)
        self.again.clicked.connect(self.start)
        self.add_button.clicked.connect(self._choose_file)
        self.progress.cancelled.connect(self.stop)
        self.details.examine_asked.connect(self._on_examine)
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.table.activated.connect(self._on_activated)
        self.session.python_changed.connect(self._show_chosen)

    def _find_all(self) -> list[Environment]:
        known = (self.session.python, *self.session.settings.recent_pythons)
        return find_environments(chosen=known)

    def _on_found(self, environments: list[Environment]) -> None:
        self.model.begin(environments)
        self.table.selectRow(self.model.number_of(self.session.python) or 0)
        self._show_state()

    def _on_added(self, environments: list[Environment]) -> None:
        for environment in environments:
            self.table.selectRow(self.model.add(environment))
        self._show_state()

    def _choose_file(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, _("Choose the Python program to examine"), self.session.python
        )
        if path:
            self.add(path)

    def _on_row(self, row: EnvironmentRow) -> None:
        self.model.take(row)
        self._show_state()
        self._show_chosen()

    def _on_finished(self) -> None:
        if self._scan is not None:
            self._scan.deleteLater()
            self._scan = None
        self.model.rest()
        self.tell_window(None, "")
        self._show_state()

    def _on_activated(self, index: QModelIndex) -> None:
        self._on_examine(self.model.row(index.row()).environment.python)

    def _on_examine(self, python: str) -> None:
        if python != self.session.python:
            self.session.choose_python(python)
        # Cause and remedy stand there.
        self.page_asked.emit("overview")

    def _show_chosen(self) -> None:
        number = self.table.currentIndex().row()
        if not 0 <= number < self.model.rowCount():
            self.details.hide()
            return
        row = self.model.row(number)
        is_examined = row.environment.python == self.session.python
        self.details.show_row(row, self.model.cells_of(number), is_examined=is_examined)

    def _show_state(self) -> None:
        count, done = self.model.rowCount(), self.model.done_count
        for widget in (self._summary, self.add_button, self.again):
            widget.setVisible(not self.is_looking)
        if self.is_looking:
            share = done / count if count else None
            words = _("Looking at your Pythons, one after the other")
            self.progress.show_progress(words, share)
            self.progress.set_cancel_enabled(not self._is_stopped)
            self.tell_window(share, words)
            return
        self.progress.hide()
        found = n_("{count} environment", "{count} environments", count).format(count=count)
        if self._is_stopped and done < count:
            found = _("Stopped after {done} of {count} environments").format(done=done, count=count)
        self._summary.say(
            _("{found}. Choose one to read why; Enter examines it.").format(found=found)
        )


class _Table(QTableView):
    """Keeps the chosen row in sight when the words below it take more of the room."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
