"""What accelgui is, and whose work is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui import __version__
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.label import Label
from accelgui.words import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PARTS = (
    ("Qt and PySide6", "LGPL-3.0"),
    ("pyqtgraph", "MIT"),
    ("TensorFlow", "Apache-2.0"),
    ("NumPy", "BSD-3-Clause"),
    ("nvidia-ml-py, psutil", "BSD-3-Clause"),
    ("platformdirs", "MIT"),
    ("Lucide icons", "ISC"),
    ("Inter", "OFL-1.1"),
    ("Optical Recognition of Handwritten Digits (UCI)", "CC BY 4.0"),
)


class AboutCard(Card):
    """Version and licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._what = Label(selectable=True)
        self._parts = Label(kind="muted", selectable=True)
        self.body.addWidget(self._what)
        self.body.addWidget(self._parts)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.set_title(_("About accelgui"))
        self._what.say(
            _("Version {version}. Free software under the Apache License 2.0.").format(
                version=__version__
            )
        )
        parts = " · ".join(f"{name} ({licence})" for name, licence in _PARTS)
        self._parts.say(_("It contains or uses: {parts}.").format(parts=parts))
