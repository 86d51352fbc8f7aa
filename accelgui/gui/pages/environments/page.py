"""The page of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import (
    QAbstractItemView,
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
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.empty_state import EmptyState
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.progress_strip import ProgressStrip
from accelgui.runs.environments import find_environments
from accelgui.words import _, n_

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QModelIndex

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
        find: Callable[[], list[Environment]] = find_environments,
    ) -> None:
        super().__init__(session, parent)
        self.model = EnvironmentsModel(self)
        self.table = QTableView()
        self.details = EnvironmentDetails()
        self.empty = EmptyState("terminal")
        self.progress = ProgressStrip()
        self.again = Button(icon="refresh-cw")
        self._find = find
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
        if self._scan is not None:
            return
        machine = self.session.snapshot.machine if self.session.snapshot else None
        self._is_stopped = False
        # A child of the session, which ends its threads before the window closes.
        self._scan = EnvironmentScan(machine, self._find, self.session)
        self._scan.environments_found.connect(self._on_found)
        self._scan.row_changed.connect(self._on_row)
        self._scan.finished.connect(self._on_finished)
        self._stack.setCurrentIndex(1)
        self.details.hide()
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
        row.addWidget(self._summary, 1)
        row.addWidget(self.again)
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addLayout(row)
        column.addWidget(self.progress)
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
        self.progress.cancelled.connect(self.stop)
        self.details.examine_asked.connect(self._on_examine)
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.table.activated.connect(self._on_activated)
        self.session.python_changed.connect(self._show_chosen)

    def _on_found(self, environments: list[Environment]) -> None:
        self.model.begin(environments)
        self._show_state()

    def _on_row(self, row: EnvironmentRow) -> None:
        self.model.take(row)
        self._show_state()
        self._show_chosen()

    def _on_finished(self) -> None:
        if self._scan is not None:
            self._scan.deleteLater()
            self._scan = None
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
        self.again.setEnabled(not self.is_looking)
        if self.is_looking:
            share = done / count if count else None
            self.progress.show_progress(_("Looking at your Pythons, one after the other"), share)
            self.progress.set_cancel_enabled(not self._is_stopped)
            self._summary.say("")
            return
        self.progress.hide()
        found = n_("{count} environment", "{count} environments", count).format(count=count)
        if self._is_stopped and done < count:
            found = _("Stopped after {done} of {count} environments").format(done=done, count=count)
        self._summary.say(
            _("{found}. Choose one to read why; Enter examines it.").format(found=found)
        )
