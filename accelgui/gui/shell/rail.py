"""The rail on the left: one button for each page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui import icons
from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets.label import Label
from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.gui.pages.register import Entry

_WIDTH = 176
_ICON_SIZE = 18
_ICON_GAP = 8


class Rail(QFrame):
    """The names of the pages; `page_asked(str)` when a person picks one.

    The last entry, the settings, stands apart at the foot.
    """

    page_asked = Signal(str)

    def __init__(self, entries: tuple[Entry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH)
        self._buttons = {entry.code: _RailButton(entry) for entry in entries}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 2 * SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 4)
        column.addLayout(_brand())
        column.addSpacing(2 * SPACE)
        for number, (code, button) in enumerate(self._buttons.items(), 1):
            if number == len(entries):
                column.addStretch()
            column.addWidget(button)
            self._group.addButton(button)
            button.clicked.connect(lambda _checked=False, code=code: self.page_asked.emit(code))
        self.retranslate()

    def show_current(self, code: str) -> None:
        """Mark the page that is shown."""
        self._buttons[code].setChecked(True)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setAccessibleName(_("Pages"))
        for number, button in enumerate(self._buttons.values(), 1):
            button.retranslate(number)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class _RailButton(QPushButton):
    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setIconSize(QSize(_ICON_SIZE + _ICON_GAP, _ICON_SIZE))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._draw_icon)
        theme.changed.connect(self._draw_icon)
        self._draw_icon()

    def retranslate(self, number: int) -> None:
        title = self._entry.title()
        self.setText(title)
        self.setAccessibleName(title)
        self.setToolTip(f"{title} (Ctrl+{number})")

    def _draw_icon(self) -> None:
        role = Role.ACCENT if self.isChecked() else Role.MUTED
        self.setIcon(icons.icon(self._entry.icon, role, _ICON_SIZE, _ICON_GAP))


def _brand() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(SPACE, 0, SPACE, 0)
    row.setSpacing(SPACE)
    mark = Label(wraps=False)
    mark.setPixmap(icons.application_icon().pixmap(QSize(24, 24)))
    row.addWidget(mark)
    row.addWidget(Label("accelgui", "heading", wraps=False), 1)
    return row
