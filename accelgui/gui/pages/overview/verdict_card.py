"""The verdict, large, and the one thing to press next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui import icons
from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.label import Label
from accelgui.words import joining

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SEAL = 64
_SEAL_ICON = 32


class VerdictCard(Card):
    """Icon, a word, the sentence and what to do next.

    `remedy_pressed` asks for what cures the trouble, `start_pressed` for the sample training.
    """

    remedy_pressed = Signal()
    start_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._seal = Seal()
        self._word = Label(kind="strong")
        self._sentence = Label(kind="title", selectable=True)
        self._note = Label(kind="muted")
        self.remedy_button = Button(kind="primary", icon="chevron-down", large=True)
        self.remedy_button.clicked.connect(self.remedy_pressed)
        self.remedy_button.hide()
        self.start_button = Button(kind="primary", icon="play", large=True)
        self.start_button.clicked.connect(self.start_pressed)
        self._start_note = Label(kind="muted")
        self._build()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(SPACE // 2)
        words.addWidget(self._word)
        words.addWidget(self._sentence)
        words.addWidget(self._note)
        words.addSpacing(SPACE)
        action = QHBoxLayout()
        action.setSpacing(2 * SPACE)
        action.addWidget(self.remedy_button)
        action.addWidget(self.start_button)
        action.addWidget(self._start_note, 1)
        action.addStretch()
        words.addLayout(action)
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE)
        row.addWidget(self._seal, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)

    def show_verdict(self, role: Role, icon: str, word: str, sentence: str, note: str) -> None:
        """Show a verdict; the note is one line of what it rests on."""
        self._seal.show_icon(icon, role)
        self._word.say(word)
        self._word.set_role(role.value)
        self._sentence.say(sentence)
        self._note.say(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(joining.sentences((joining.full_stop(word), sentence)))

    def show_start(self, words: str, note: str, *, is_enabled: bool) -> None:
        """Set the button's words and what it will do."""
        self.start_button.setText(words)
        self.start_button.setEnabled(is_enabled)
        self.start_button.setToolTip(note)
        self._start_note.say(note)

    def show_remedy(self, words: str, *, is_there: bool) -> None:
        """Set the words of the way to the remedy, which is there when something is to be mended.

        It is then the next thing to press; what the training does is told by its button's tip only.
        """
        self.remedy_button.setText(words)
        self.start_button.set_kind("secondary" if is_there else "primary")
        self._start_note.setVisible(not is_there)
        self.remedy_button.setVisible(is_there)

    @property
    def sentence(self) -> str:
        """The sentence shown."""
        return self._sentence.plain

    @property
    def word(self) -> str:
        """The word above the sentence."""
        return self._word.plain


class Seal(QWidget):
    """A large icon on a soft round ground."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = "ellipsis"
        self._role = Role.NEUTRAL
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_icon(self, icon: str, role: Role) -> None:
        """Show another icon."""
        self._icon, self._role = icon, role
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SEAL, _SEAL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.surface(self._role))
        painter.drawEllipse(QRectF(self.rect()))
        inset = (_SEAL - _SEAL_ICON) / 2
        place = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        icons.draw(painter, self._icon, place, self._role)
        painter.end()
