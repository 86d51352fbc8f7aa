"""One fact of a device: its name, its value, and a way to copy it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets.label import Label
from accelgui.words import _, joining
from accelgui.words.facts import fact_name, fact_value

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPaintEvent

    from accelgui.model.device import DeviceFact

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class FactRow(QWidget):
    """Name on the left, value on the right; Ctrl+C or the context menu copies both."""

    def __init__(self, fact: DeviceFact, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fact = fact
        self.name = fact_name(fact.name)
        self.value = fact_value(fact)
        self.is_reported = fact.value is not None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.text)
        value = Label(self.value, "body" if self.is_reported else "faint", selectable=True)
        value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        name = Label(self.name, "muted", wraps=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE // 2, 2, SPACE // 2, 2)
        row.setSpacing(2 * SPACE)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(value, 1)
        source = _("Source: {source}").format(source=fact.source)
        if "<" not in source:
            self.setToolTip(source)

    @property
    def text(self) -> str:
        """The fact as one line."""
        return joining.labelled(self.name, self.value)

    def matches(self, words: list[str]) -> bool:
        """Whether every word stands in the name, the code, the value or the source."""
        text = f"{self.text} {self.fact.name} {self.fact.source}".casefold()
        return all(word in text for word in words)

    def copy(self) -> None:
        """Copy the fact."""
        QGuiApplication.clipboard().setText(self.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif (step := _STEPS.get(Qt.Key(event.key()))) is not None:
            self._step(step)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("Copy this fact"), self.copy)
        menu.addAction(_("Copy the value"), self._copy_value)
        menu.popup(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color(Role.ACCENT), 1.5))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
            painter.end()

    def _copy_value(self) -> None:
        QGuiApplication.clipboard().setText(self.value)

    def _step(self, step: int) -> None:
        """Move the focus to the next row of the card; one Tab stop serves them all."""
        card = self.window()
        rows = [row for row in card.findChildren(FactRow) if row.isVisible()]
        place = rows.index(self) + step
        if 0 <= place < len(rows):
            rows[place].setFocus(Qt.FocusReason.TabFocusReason)
