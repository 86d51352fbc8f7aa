"""An icon and a word that say how something stands; never the colour alone."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from accelgui.gui.icons import IconMark
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets.label import Label

ICONS = {
    Role.GOOD: "circle-check",
    Role.WARNING: "triangle-alert",
    Role.BAD: "circle-x",
    Role.NEUTRAL: "circle-minus",
    Role.ACCENT: "info",
}


class StatusMark(QWidget):
    """Icon and word in the colour of a role."""

    def __init__(
        self, role: Role = Role.NEUTRAL, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        self._mark = IconMark(ICONS[role], role, 16)
        self._word = Label(text, "body", wraps=False)
        row.addWidget(self._mark)
        row.addWidget(self._word)
        self.show_status(role, text)

    def show_status(self, role: Role, text: str) -> None:
        """Show another status."""
        self._mark.show_icon(ICONS[role], role)
        self._word.say(text)
        self._word.set_role(role.value)
        self.setAccessibleName(text)
