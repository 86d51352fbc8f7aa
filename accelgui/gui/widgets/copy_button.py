"""A button that copies and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QGuiApplication

from accelgui.gui.widgets.button import Button
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

_SAYS_COPIED_MS = 1500


class CopyButton(Button):
    """Copies what `text` returns at the moment of the press. `compact` shows the icon alone."""

    def __init__(
        self, text: Callable[[], str], *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(kind="quiet", icon="copy", parent=parent)
        self._text = text
        self._is_compact = compact
        self._timer = QTimer(self, singleShot=True, interval=_SAYS_COPIED_MS)
        self._timer.timeout.connect(self._rest)
        self.clicked.connect(self._copy)
        self._rest()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._rest()
        super().changeEvent(event)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text())
        self.show_icon("check")
        self._say(_("Copied"))
        self._timer.start()

    def _rest(self) -> None:
        self.show_icon("copy")
        self._say(_("Copy"))

    def _say(self, word: str) -> None:
        self.setText("" if self._is_compact else word)
        self.setAccessibleName(word)
        self.explain(word)
