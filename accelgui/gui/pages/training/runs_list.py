"""The runs of this window: which are drawn, which is in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from accelgui.gui.pages.training import ending
from accelgui.gui.plots.style import swatch_icon
from accelgui.gui.theme import SPACE, theme
from accelgui.gui.widgets import Button, Card
from accelgui.gui.widgets.elided_label import plain_tooltip
from accelgui.model.outcome import RunStatus
from accelgui.words import _, joining
from accelgui.words.units import seconds_text, share_text

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from accelgui.gui.pages.training.record import RunRecord

_SWATCH = QSize(28, 16)
# Swatch, padding and the gaps of a row.
_BESIDE_NAME = 28 + 5 * SPACE


class RunsList(Card):
    """One row for each run, the newest first.

    `tab_after` is what the Tab key leaves for the list.

    Signals: `chosen(key)`, `shown_changed(key, bool)`, `remove_asked(key)`.
    """

    chosen = Signal(str)
    shown_changed = Signal(str, bool)
    remove_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self.body.setSpacing(SPACE // 2)
        self._rows: dict[str, _Row] = {}
        self.tab_after: QWidget | None = None
        self._group = QButtonGroup(self)
        self.hide()

    @property
    def rows(self) -> dict[str, _Row]:
        """The rows by the key of their run."""
        return self._rows

    def add(self, record: RunRecord, number: int) -> None:
        """Add a run on top and choose it."""
        row = _Row(record, number)
        key = record.key
        row.show_box.toggled.connect(lambda is_on: self.shown_changed.emit(key, is_on))
        row.name.clicked.connect(lambda: self.chosen.emit(key))
        row.remove.clicked.connect(lambda: self.remove_asked.emit(key))
        self._group.addButton(row.name)
        self._rows[key] = row
        self.body.insertWidget(0, row)
        row.name.setChecked(True)
        self._chain(row)
        self.show()

    def _chain(self, row: _Row) -> None:
        before = self.tab_after
        for widget in (row.show_box, row.name, row.remove):
            if before is not None:
                QWidget.setTabOrder(before, widget)
            before = widget

    def remove(self, key: str) -> None:
        """Forget a run."""
        row = self._rows.pop(key)
        self._group.removeButton(row.name)
        row.hide()
        row.deleteLater()
        self.setVisible(bool(self._rows))

    def choose(self, key: str) -> None:
        """Mark a run as the one in front."""
        self._rows[key].name.setChecked(True)

    def refresh(self, key: str) -> None:
        """Show what a run has come to."""
        self._rows[key].refresh()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("Runs"))
        for row in self._rows.values():
            row.refresh()


class _Row(QWidget):
    """Check box, swatch and name, and a button to remove the run."""

    def __init__(self, record: RunRecord, number: int) -> None:
        super().__init__()
        self._record = record
        self._number = number
        self.show_box = QCheckBox()
        self.show_box.setChecked(True)
        self.name = Button(kind="run")
        self.name.setCheckable(True)
        self.name.setIconSize(_SWATCH)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.remove = Button(kind="quiet", icon="x")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.show_box, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.name, 1)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._draw_swatch)
        self._draw_swatch()
        self.refresh()

    def refresh(self) -> None:
        """Show what the run has come to, in the current language."""
        label = ending.label(self._record)
        self._say_name(label)
        self.name.setToolTip(plain_tooltip(_("Bring {run} to the front").format(run=label)))
        self.name.setAccessibleName(joining.clauses((label, _state(self._record))))
        self.show_box.setToolTip(_("Show or hide its curves"))
        self.show_box.setAccessibleName(_("Show {run}").format(run=label))
        self.remove.explain(_("Remove this run from the plots"))
        self.remove.setEnabled(not self._record.is_under_way)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_name(ending.label(self._record))

    def _say_name(self, label: str) -> None:
        # The layout gives the name its width after this row has got its own.
        room = self.width() - self.show_box.width() - self.remove.width() - _BESIDE_NAME
        if room > 0:
            middle = Qt.TextElideMode.ElideMiddle
            label = self.name.fontMetrics().elidedText(label, middle, room)
        # A button takes what follows an ampersand for a shortcut.
        self.name.setText(f"{label}\n{_state(self._record)}".replace("&", "&&"))

    def _draw_swatch(self) -> None:
        self.name.setIcon(swatch_icon(self._number, _SWATCH, self.devicePixelRatioF()))


def _state(record: RunRecord) -> str:
    outcome = record.outcome
    if outcome is None:
        return _("running")
    done = record.done
    if outcome.status not in {RunStatus.FINISHED, RunStatus.STOPPED} or done is None:
        return _("failed") if outcome.status is not RunStatus.STOPPED else _("stopped")
    if not record.is_finite:
        return _("loss is not a number")
    share = done.validation_accuracy if done.validation_accuracy is not None else done.accuracy
    if share is None:
        return _("stopped")
    text = _("{accuracy} in {time}").format(
        accuracy=share_text(share), time=seconds_text(done.elapsed_s)
    )
    return _("{text}, stopped").format(text=text) if done.stopped else text
