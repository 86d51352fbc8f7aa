"""A card: one thing, with a heading."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.label import Label


class Card(QFrame):
    """A raised surface with a heading line (`header`, for more beside the title) and a `body`.

    A compact one keeps less air around them, for forms and plots.
    """

    def __init__(
        self, title: str = "", parent: QWidget | None = None, *, is_compact: bool = False
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        outer = QVBoxLayout(self)
        if is_compact:
            outer.setContentsMargins(2 * SPACE, 3 * SPACE // 2, 2 * SPACE, 2 * SPACE)
        else:
            outer.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 5 * SPACE // 2)
        outer.setSpacing(3 * SPACE // 2)
        self._title = Label(title, "heading")
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACE)
        self.header.addWidget(self._title, 1)
        outer.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE)
        outer.addLayout(self.body)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Set the heading; without words it takes no room."""
        self._title.say(title)
        self._title.setVisible(bool(title))
        self.setAccessibleName(title)
