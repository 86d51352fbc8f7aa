"""One line of text that gives way with an ellipsis; the whole is in the tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt

from accelgui.gui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget


class ElidedLabel(Label):
    """A single line, for names that may be of any length."""

    def __init__(self, text: str = "", kind: str = "body", parent: QWidget | None = None) -> None:
        self._whole = ""
        super().__init__(text, kind, wraps=False, parent=parent)

    @property
    def whole(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def say(self, text: str) -> None:
        if text != self._whole:
            self._whole = " ".join(text.split())
            self.setAccessibleName(self._whole)
            self.updateGeometry()
            self._shorten()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(40, self.sizeHint().width()), self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1)
        )
        if shown != self.text():
            self.setText(shown)
            # Qt takes a tooltip for markup where it looks like it; an entity it does not.
            self.setToolTip("" if shown == self._whole else plain_tooltip(self._whole))


def plain_tooltip(text: str) -> str:
    """Return the text such that Qt's tooltip, which guesses, does not take it for markup."""
    return text if "<" not in text else text.replace("<", "‹").replace(">", "›")
