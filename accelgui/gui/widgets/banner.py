"""A message in place, where other programs would open a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.label import Label
from accelgui.gui.widgets.status_mark import ICONS
from accelgui.words import _


class Banner(QFrame):
    """One message with icon and words; hidden until `say`.

    `action_pressed` when its button, shown where `action` has words, is pressed; `dismissed` when
    a person closed it; `changed` when its words are there, or are there no more.
    """

    action_pressed = Signal()
    dismissed = Signal()
    changed = Signal()

    def __init__(self, *, dismissible: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        row.setSpacing(3 * SPACE // 2)
        self._mark = IconMark(ICONS[Role.NEUTRAL], Role.NEUTRAL, 18)
        self._words = Label(selectable=True)
        self._action = Button()
        self._close = Button(kind="quiet", icon="x")
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._close.setVisible(dismissible)
        self._action.clicked.connect(self.action_pressed)
        self._close.clicked.connect(self._dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """The words shown."""
        return self._words.plain

    def say(self, role: Role, text: str, action: str = "") -> None:
        """Show a message; without words, hide."""
        self._mark.show_icon(ICONS[role], role)
        self._words.say(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._close.explain(_("Dismiss"))
        if self.property("role") != role.value:
            self.setProperty("role", role.value)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.changed.emit()

    def _dismiss(self) -> None:
        self.say(Role.NEUTRAL, "")
        self.dismissed.emit()
