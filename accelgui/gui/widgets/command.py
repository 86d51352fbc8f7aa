"""A command that a person may run, to be copied as it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.code_block import CodeBlock
from accelgui.gui.widgets.copy_button import CopyButton
from accelgui.words import _


class Command(QFrame):
    """A monospace line or lines, and a button that copies them."""

    def __init__(self, command: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.command = command
        self.setProperty("kind", "well")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        row.setSpacing(SPACE)
        code = CodeBlock(command)
        code.setAccessibleName(_("Command"))
        row.addWidget(code, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(CopyButton(lambda: self.command), 0, Qt.AlignmentFlag.AlignTop)
