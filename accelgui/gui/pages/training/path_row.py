"""A line for a path with a button that chooses a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.gui.widgets.fields import Field
    from accelgui.gui.widgets.path_line import PathLine


class PathRow(QWidget):
    """Shows `line`, in its field where it has one; `choose(path)` asks and returns "" for none."""

    def __init__(
        self, line: PathLine, choose: Callable[[str], str], field: Field | None = None
    ) -> None:
        super().__init__()
        self._line = line
        self._choose = choose
        self._browse = Button(icon="folder-open")
        self._browse.clicked.connect(self._on_browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(field or line, 1)
        row.addWidget(self._browse, 0, Qt.AlignmentFlag.AlignBottom)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._browse.explain(_("Choose a file"))

    def _on_browse(self) -> None:
        if path := self._choose(self._line.text()):
            self._line.setText(path)
