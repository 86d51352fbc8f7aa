"""What is going on, how far it is, how long it will take, and a way to end it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from accelgui.gui import fonts
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.label import Label
from accelgui.words import _
from accelgui.words.units import percent_text, rough_seconds_text

_STEPS = 1000


class ProgressStrip(QFrame):
    """A progress bar with words, hidden until `show_progress`; `cancelled` on Cancel.

    `cancel` is another word for Cancel, not yet translated.
    """

    cancelled = Signal()

    def __init__(self, *, cancel: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "well")
        self._cancel_words = cancel
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        column = QVBoxLayout()
        column.setSpacing(SPACE // 2)
        words = QHBoxLayout()
        self._what = Label()
        self._left = Label(kind="muted", wraps=False)
        self._left.setFont(fonts.with_tabular_figures(self._left.font()))
        words.addWidget(self._what, 1)
        words.addWidget(self._left)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        column.addLayout(words)
        column.addWidget(self._bar)
        row.addLayout(column, 1)
        self._cancel = Button(icon="square")
        self._cancel.clicked.connect(self.cancelled)
        row.addWidget(self._cancel)
        self.hide()
        self.retranslate()

    def show_progress(
        self, what: str, share: float | None = None, remaining_s: float | None = None
    ) -> None:
        """Show what goes on; `share` is 0 to 1, None where nobody knows how far it is."""
        self._what.say(what)
        self._bar.setRange(0, 0 if share is None else _STEPS)
        if share is not None:
            self._bar.setValue(round(_STEPS * min(max(share, 0.0), 1.0)))
        self._left.say(_left_text(share, remaining_s))
        self._bar.setAccessibleName(what)
        self.show()

    def set_cancel_enabled(self, is_enabled: bool) -> None:
        """Allow Cancel, or not any more."""
        self._cancel.setEnabled(is_enabled)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._cancel.setText(_(self._cancel_words) if self._cancel_words else _("Cancel"))


def _left_text(share: float | None, remaining_s: float | None) -> str:
    if remaining_s is not None:
        return _("about {time} left").format(time=rough_seconds_text(remaining_s))
    return "" if share is None else percent_text(100 * min(max(share, 0.0), 1.0))
