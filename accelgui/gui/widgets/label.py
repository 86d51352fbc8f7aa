"""Text that wraps and is never taken for markup, whatever a machine calls itself."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

# Longer than any identifier that a person would copy from here: a UUID with its prefix has 40.
# A path is broken at its slashes anyway, and between the letters of Chinese: what is put into it
# would be copied along.
_ENDLESS_WORD = re.compile(r"[^\s/\-\u2e80-\uffef]{48,}")
_BREAK_EVERY = 24
_ZERO_WIDTH_SPACE = "\u200b"


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
        self._plain = ""
        self.say(text)

    @property
    def plain(self) -> str:
        """The words as they were given."""
        return self._plain

    def minimumSizeHint(self) -> QSize:
        # One endless word, such as a device may have for a name, must not widen the page.
        hint = super().minimumSizeHint()
        return QSize(1, self.fontMetrics().height()) if self.wordWrap() else hint

    def say(self, text: str) -> None:
        """Show other words; nothing is painted where they are the same."""
        if text != self._plain:
            self._plain = text
            self.setText(_breakable(text) if self.wordWrap() else text)

    def set_role(self, role: str) -> None:
        """Colour the words by a role of the style sheet, "" for none."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)


def _breakable(text: str) -> str:
    """Let a word without end be broken, which Qt otherwise cuts off."""
    return _ENDLESS_WORD.sub(_with_breaks, text)


def _with_breaks(match: re.Match[str]) -> str:
    word = match[0]
    parts = [word[at : at + _BREAK_EVERY] for at in range(0, len(word), _BREAK_EVERY)]
    return _ZERO_WIDTH_SPACE.join(parts)
