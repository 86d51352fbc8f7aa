"""What can be done with the form: always in sight, however far the fields are scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.pages.page import MARGIN
from accelgui.gui.pages.training.code_button import CodeButton
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button, Label
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Callable


class Actions(QWidget):
    """Start, pause, ladder and code, below what speaks against them."""

    def __init__(self, code: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start = Button(kind="primary", icon="play")
        self.ladder = Button(icon="trending-up")
        self.pause = Button(icon="pause")
        self.code = CodeButton(code)
        self.problem = Label(kind="small")
        self.reason = Label(kind="small")
        self.problem.set_role("bad")
        self.pause.setCheckable(True)
        self.pause.hide()
        self.start.setShortcut("Ctrl+Return")
        self._build()

    def _build(self) -> None:
        for button in (self.start, self.pause, self.ladder, self.code):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        # As far to the right as the form, which has a scroll bar beside it.
        column.setContentsMargins(MARGIN, SPACE, 5 * SPACE // 2, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self.problem, self.reason, self.start, self.pause):
            column.addWidget(widget)
        beside = QHBoxLayout()
        beside.setSpacing(SPACE)
        beside.addWidget(self.ladder, 1)
        beside.addWidget(self.code, 1)
        column.addLayout(beside)

    def say_problems(self, text: str) -> None:
        """Say what is wrong with what was typed, "" for nothing."""
        self.problem.say(text)
        self.problem.setVisible(bool(text))

    def say_reason(self, text: str) -> None:
        """Say why nothing can be started here, "" where it can."""
        self.reason.say(text)
        self.reason.setVisible(bool(text))

    def offer_pause(self, *, is_offered: bool) -> None:
        """Offer to let a run wait in the place where one is started."""
        had_focus = self.start.hasFocus() or self.pause.hasFocus()
        self.pause.setVisible(is_offered)
        self.start.setVisible(not is_offered)
        if not is_offered:
            self.pause.setChecked(False)
        if had_focus:
            (self.pause if is_offered else self.start).setFocus()
        self.say_pause()

    def say_pause(self) -> None:
        """Say what the button does next to the run."""
        is_paused = self.pause.isChecked()
        self.pause.setText(_("Resume") if is_paused else _("Pause"))
        self.pause.show_icon("play" if is_paused else "pause")
        self.pause.explain(_("Let the training wait between two batches"))

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.start.setText(_("Start"))
        self.start.explain(_("Train with these settings"), "Ctrl+Return")
        self.ladder.setText(_("Ladder"))
        self.ladder.explain(_("Acceleration ladder: measure what each technique is worth here"))
        self.code.retranslate()
        self.say_pause()
