"""A line that folds away what is below it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.button import Button


class Disclosure(QWidget):
    """A button with a chevron, and a `body` that it shows and hides; `toggled(bool)`."""

    toggled = Signal(bool)

    def __init__(
        self, title: str = "", *, is_open: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self._button = Button(title, "disclosure", "chevron-right")
        self._button.setCheckable(True)
        self._button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._button.toggled.connect(self._on_toggled)
        self._content = QWidget()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACE)
        column.addWidget(self._button)
        column.addWidget(self._content)
        self._content.setVisible(is_open)
        self.set_open(is_open)

    @property
    def is_open(self) -> bool:
        """Whether the body shows."""
        return self._button.isChecked()

    def set_title(self, title: str) -> None:
        """Set the words of the line."""
        self._button.setText(title)

    def set_open(self, is_open: bool) -> None:
        """Show or hide the body."""
        self._button.setChecked(is_open)

    def _on_toggled(self, is_open: bool) -> None:
        self._button.show_icon("chevron-down" if is_open else "chevron-right")
        self._content.setVisible(is_open)
        self.toggled.emit(is_open)
