"""Copies a script that does what the form says."""

from __future__ import annotations

from accelgui.gui.widgets import CopyButton
from accelgui.words import _


class CodeButton(CopyButton):
    """A copy button that says what it copies."""

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._rest()

    def _rest(self) -> None:
        self.show_icon("copy")
        self._say(_("Copy code"))
        self.setToolTip(_("Copy a script of its own that trains the same way"))
