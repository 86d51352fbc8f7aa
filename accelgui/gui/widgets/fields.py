"""Fields of a form: a label above, a line below where something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.label import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QWheelEvent

_FEWEST_LETTERS = 8


class Field(QWidget):
    """An editor with its label, and room for what is wrong with its content."""

    def __init__(self, editor: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        self._label = Label(kind="small", wraps=False)
        self._label.setBuddy(editor)
        column.addWidget(self._label)
        column.addWidget(editor)

    def set_label(self, text: str) -> None:
        """Name the field."""
        self._label.setText(text)
        self.editor.setAccessibleName(text)

    def set_problem(self, problem: str | None) -> None:
        """Mark the field as wrong, or as right again; the words stand below the row."""
        is_invalid = problem is not None
        self.editor.setAccessibleDescription(problem or "")
        if self.editor.property("invalid") != is_invalid:
            self.editor.setProperty("invalid", is_invalid)
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)


class Choice(QComboBox):
    """A choice of codes with words. The wheel scrolls the page, it does not change the choice."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_FEWEST_LETTERS)
        # The delegate of a combo box knows nothing of the style sheet's room around an entry.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda _index: self.chosen.emit(self.code))
        self.currentTextChanged.connect(self.setToolTip)

    @property
    def code(self) -> str:
        """The code of what is chosen."""
        return str(self.currentData() or "")

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these (code, words), keeping what is chosen where it is still among them."""
        old = [(self.itemData(i), self.itemText(i)) for i in range(self.count())]
        if old == list(choices):
            return
        code = self.code
        self.clear()
        for choice, words in choices:
            self.addItem(words, choice)
            self.setItemData(self.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.choose(code)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 3 * SPACE)

    def choose(self, code: str) -> None:
        """Choose by code; the first where it is not offered."""
        self.setCurrentIndex(max(self.findData(code), 0))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Drawn whole.
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        # A style sheet's combo box cuts words in the middle of a letter.
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def number_field() -> QLineEdit:
    """Return a short line for a whole number."""
    line = QLineEdit()
    line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
    line.setMaxLength(16)
    line.setMinimumWidth(40)
    return line
