"""What a page shows before there is anything to show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.label import Label

_TEXT_WIDTH = 460


class EmptyState(QWidget):
    """An icon, a heading, what pressing the button will do and how long it takes; the button.

    `pressed` when the button is; it shows where `action` has words.
    """

    pressed = Signal()

    def __init__(
        self,
        icon: str,
        title: str = "",
        text: str = "",
        action: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setMaximumWidth(_TEXT_WIDTH + 6 * SPACE)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(3 * SPACE, 4 * SPACE, 3 * SPACE, 4 * SPACE)
        column.setSpacing(SPACE)
        self._title = Label(kind="heading")
        self._text = Label(kind="muted")
        self._button = Button(kind="primary")
        center = Qt.AlignmentFlag.AlignHCenter
        for label in (self._title, self._text):
            label.setAlignment(center)
        column.addStretch()
        column.addWidget(IconMark(icon, Role.FAINT, 36), 0, center)
        column.addSpacing(SPACE)
        # Without an alignment, so that they get as much height as their words need.
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(SPACE)
        column.addWidget(self._button, 0, center)
        column.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._button.clicked.connect(self.pressed)
        self.say(title, text, action)

    def say(self, title: str, text: str, action: str = "") -> None:
        """Set the words; without words for the action there is no button."""
        self._title.say(title)
        self._text.say(text)
        self._text.setVisible(bool(text))
        self._button.setText(action)
        self._button.setVisible(bool(action))
