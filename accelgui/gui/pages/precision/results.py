"""Plot, table and explanation of a precision check, which point at each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui.models.precision import Column, PrecisionModel, SortedPrecision
from accelgui.gui.pages.precision import explanation
from accelgui.gui.pages.precision.arithmetic_cards import DriftCard, FingerprintCard, SoakCard
from accelgui.gui.pages.precision.closer_look import CloserLook
from accelgui.gui.plots import error_points
from accelgui.gui.plots.error_plot import ErrorPlot
from accelgui.gui.plots.marks_line import MarksLine
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Label
from accelgui.model.precision_events import DriftSeen, FingerprintSeen, SoakProgress
from accelgui.words import _
from accelgui.words.units import number_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from accelgui.model.events import Event
    from accelgui.model.precision_events import PrecisionRow

# Wide enough for plot and table beside each other.
_WIDE_PX = 1180
_ROW_PX = 30
_FEWEST_ROWS = 7
_EXPLANATION_LINES = 2
_ICON_PX = 16
# Columns of words, and what their cells take besides the text.
_WORDS = {
    Column.DTYPE: 5 * SPACE // 2,
    Column.TIER: 5 * SPACE // 2,
    Column.VERDICT: _ICON_PX + 3 * SPACE,
}


class PrecisionResults(QScrollArea):
    """Rows appear as they come; a row chosen in one place is chosen in all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PrecisionModel(self)
        self.sorted = SortedPrecision(self.model, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._hint = Label(kind="small")
        self._marks = MarksLine()
        self.plot = ErrorPlot()
        self.table = _Table()
        self.table.setModel(self.sorted)
        self.table.prepare()
        self._heading = Label(kind="strong", selectable=True)
        self._text = Label(kind="muted", selectable=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._text.setMinimumHeight(_EXPLANATION_LINES * self._text.fontMetrics().lineSpacing())
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._layout.setSpacing(2 * SPACE)
        self._layout.addWidget(_column(self._hint, self._marks, self.plot), 3)
        self._layout.addWidget(_column(self._heading, self._text, self.table), 4)
        self.closer = CloserLook()
        self.fingerprint, self.drift, self.soak = FingerprintCard(), DriftCard(), SoakCard()
        holder = QWidget()
        holder.setObjectName("plots")
        column = QVBoxLayout(holder)
        column.setSpacing(2 * SPACE)
        column.setContentsMargins(0, 0, SPACE // 2, 0)
        column.addWidget(self.soak)
        column.addLayout(self._layout, 1)
        for card in (self.closer, self.fingerprint, self.drift):
            column.addWidget(card)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def _connect(self) -> None:
        self.plot.row_chosen.connect(self._on_dot_chosen)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)

    @property
    def explanation_text(self) -> str:
        """What is said about the chosen row."""
        return self._text.text()

    def clear(self) -> None:
        """Forget the rows of the last check."""
        self.model.clear()
        self.sorted.sort(-1)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.plot.choose(None)
        self._explain(None)
        self.fingerprint.show_fingerprint(None)
        self.drift.show_drift(None)
        self.soak.show_soak(None)
        self._sync()

    def add(self, rows: list[PrecisionRow]) -> None:
        """Show more rows."""
        first = self.model.rowCount()
        self.model.add(rows)
        self.table.make_room(first)
        self._sync()

    def take(self, event: Event) -> None:
        """Show what is found besides rows."""
        match event:
            case FingerprintSeen(fingerprint=fingerprint):
                self.fingerprint.show_fingerprint(fingerprint)
            case DriftSeen(drift=drift):
                self.drift.show_drift(drift)
            case SoakProgress():
                self.soak.show_soak(event)

    def choose(self, number: int) -> None:
        """Choose a row by its number in the order in which the rows came."""
        index = self.sorted.mapFromSource(self.model.index(number, 0))
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def _on_dot_chosen(self, number: int) -> None:
        self.choose(number)
        # Beneath the plot, what is said about a dot may be out of sight.
        self.ensureWidgetVisible(self._text, 0, 2 * SPACE)
        self.ensureWidgetVisible(self._heading, 0, 2 * SPACE)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._hint.say(
            _(
                "Each dot is an operation. Left of the line: within the error that this number "
                "format allows."
            )
        )
        self.table.setAccessibleName(_("Results of the precision check"))
        self.model.refresh()
        self.table.fit_columns()
        self.plot.retranslate()
        self._marks.retranslate()
        for card in (self.closer, self.fingerprint, self.drift, self.soak):
            card.retranslate()
        self._on_current(self.table.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_wide = self.width() >= _WIDE_PX
        self._layout.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)

    def _sync(self) -> None:
        self.plot.sync(self.model.rows)
        self._marks.show_dtypes(error_points.dtypes(self.model.rows))

    def _on_current(self, current: QModelIndex) -> None:
        if not current.isValid():
            self._explain(None)
            return
        number = self.sorted.mapToSource(current).row()
        self.plot.choose(number)
        self._explain(self.model.row(number))

    def _explain(self, row: PrecisionRow | None) -> None:
        self.closer.show_row(row)
        if row is None:
            self._heading.say("")
            self._text.say(_("Choose a row or a dot to read what it means."))
        else:
            self._heading.say(explanation.heading(row))
            self._text.say(explanation.text(row))


class _Table(QTableView):
    def prepare(self) -> None:
        """Set up rows, columns and sorting."""
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight((_FEWEST_ROWS + 1) * _ROW_PX)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(8 * SPACE)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Give each column what it needs, and the rest to the operation, told above as well."""
        header = self.horizontalHeader()
        modes = QHeaderView.ResizeMode
        metrics = self.fontMetrics()
        # Live numbers must not move the columns.
        widest = {Column.ERROR: number_text(math.nan), Column.RATIO: "8.8e-888"}
        for column in Column:
            header.setSectionResizeMode(column, modes.Fixed)
            text_px = metrics.horizontalAdvance(widest.get(column, "")) + 2 * SPACE
            self.setColumnWidth(column, max(text_px, header.sectionSizeHint(column)))
        header.setSectionResizeMode(Column.OPERATION, modes.Stretch)
        self.make_room(0)

    def make_room(self, first: int) -> None:
        """Widen columns of words where rows from `first` on, as they came, need it."""
        model = self.model()
        if not isinstance(model, SortedPrecision):
            return
        rows = model.sourceModel()
        metrics = self.fontMetrics()
        for column, more_px in _WORDS.items():
            texts = {rows.index(row, column).data() for row in range(first, rows.rowCount())}
            needed_px = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            if needed_px + more_px > self.columnWidth(column):
                self.setColumnWidth(column, needed_px + more_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model() is not None and not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            words = _("Rows appear as they are checked.")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()


def _column(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE)
    for widget in widgets:
        column.addWidget(widget, int(isinstance(widget, (QTableView, ErrorPlot))))
    return holder
