"""One option: what it is on the left, the control on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.fields import Choice
from accelgui.gui.widgets.label import Label

# Wide enough for a Python with the name of its environment.
CONTROL_WIDTH = 28 * SPACE


class OptionRow(QWidget):
    """A title, a line on what the option does, and its control."""

    def __init__(self, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        if isinstance(control, Choice):
            # In a form it takes what the form gives; here nothing else says how wide it is.
            control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            control.setFixedWidth(CONTROL_WIDTH)
        self._title = Label(kind="strong")
        self._title.setBuddy(control)
        self._description = Label(kind="muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._description)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE // 2, 0, SPACE // 2)
        row.setSpacing(3 * SPACE)
        row.addLayout(words, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)

    def say(self, title: str, description: str) -> None:
        """Set the words."""
        self._title.say(title)
        self._description.say(description)
        self._control.setAccessibleName(title)
        self._control.setAccessibleDescription(description)
