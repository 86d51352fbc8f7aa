"""Text that wraps and is never taken for markup, whatever a machine calls itself."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Label(QLabel):
    """Plain text.

    `kind` is a style of the style sheet: "body", "title", "heading", "strong", "muted", "faint"
    or "small". A label with `wraps` takes the width it gets and grows downwards.
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "body",
        *,
        wraps: bool = True,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setWordWrap(wraps)
        if wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        # One endless word, such as a device may have for a name, must not widen the page.
        hint = super().minimumSizeHint()
        return QSize(1, self.fontMetrics().height()) if self.wordWrap() else hint

    def say(self, text: str) -> None:
        """Show other words; nothing is painted where they are the same."""
        if text != self.text():
            self.setText(text)

    def set_role(self, role: str) -> None:
        """Colour the words by a role of the style sheet, "" for none."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
