"""Buttons with words, and an icon that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from accelgui.gui import icons
from accelgui.gui.theme import Role, theme

_ICON_SIZE = 16
_ICON_GAP = 5

_ICON_ROLES = {"primary": Role.ON_ACCENT, "secondary": Role.TEXT, "quiet": Role.MUTED}


class Button(QPushButton):
    """A push button; `kind` is "primary" (one on a page), "secondary" or "quiet"."""

    def __init__(
        self,
        text: str = "",
        kind: str = "secondary",
        icon: str = "",
        *,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._icon_name = icon
        self.setProperty("kind", kind)
        if large:
            self.setProperty("size", "large")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        # The ring of the focus is for those who use the keyboard; a click leaves none behind.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._draw_icon()
        theme.changed.connect(self._draw_icon)

    def set_kind(self, kind: str) -> None:
        """Be of another kind, as what is to be pressed next changes."""
        if kind != self._kind:
            self._kind = kind
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
            self._draw_icon()

    def show_icon(self, name: str) -> None:
        """Show another icon."""
        if name != self._icon_name:
            self._icon_name = name
            self._draw_icon()

    def explain(self, words: str, shortcut: str = "") -> None:
        """Set the tooltip, with the shortcut in it, and the name that a screen reader says."""
        keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{words} ({keys})" if keys else words)
        if not self.text():
            self.setAccessibleName(words)

    def keep_room_for(self, *texts: str) -> None:
        """Be as wide for each of these texts, so that nothing beside it moves with them."""
        shown = self.text()
        widths = []
        for text in texts:
            self.setText(text)
            widths.append(self.sizeHint().width())
        self.setText(shown)
        self.setMinimumWidth(max(widths))

    def setText(self, text: str) -> None:
        if text != self.text():
            keys = self.shortcut()
            super().setText(text)
            self.setShortcut(keys)  # Qt drops it with the old text.
            self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon_name:
            gap = _ICON_GAP if self.text() else 0
            role = _ICON_ROLES.get(self._kind, Role.TEXT)
            self.setIconSize(QSize(_ICON_SIZE + gap, _ICON_SIZE))
            self.setIcon(icons.icon(self._icon_name, role, _ICON_SIZE, gap))
