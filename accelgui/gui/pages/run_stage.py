"""Where a page shows a run: nothing yet, working, or how it ended; and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import Banner, Card, EmptyState, Label, ProgressStrip
from accelgui.gui.widgets.log_view import LogView
from accelgui.words import _
from accelgui.words.history import from_history
from accelgui.words.owners import owner_name


class RunStage(QWidget):
    """Shows one of the states of a page above its `content`.

    Signals: `stop_pressed` for the run of this page, `stop_other_pressed` for somebody else's.
    """

    stop_pressed = Signal()
    stop_other_pressed = Signal()

    def __init__(
        self, content: QWidget, icon: str, cancel: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._log_path: str | None = None
        self._ending: tuple[Role, str] | None = None
        self._other: str | None = None
        self._then: tuple[str, float] | None = None
        self._build(icon, cancel)
        self._connect()

    def _build(self, icon: str, cancel: str) -> None:
        self.other = Banner(dismissible=False)
        self.trouble = Banner()
        self.then = Banner(dismissible=False)
        self.progress = ProgressStrip(cancel=cancel)
        self.ending = Banner(dismissible=False)
        self.details = Label(kind="small", selectable=True)
        self.details.hide()
        self.log = LogView()
        self.empty = EmptyState(icon)
        self.card = Card(is_compact=True)
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        self.card.body.addWidget(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        for widget in (
            self.other,
            self.trouble,
            self.then,
            self.progress,
            self.ending,
            self.details,
        ):
            column.addWidget(widget)
        column.addWidget(self.log)
        column.addWidget(self.card, 1)

    def _connect(self) -> None:
        self.progress.cancelled.connect(self.stop_pressed)
        self.other.action_pressed.connect(self.stop_other_pressed)
        self.ending.action_pressed.connect(self._toggle_log)
        self.log.closed.connect(self._say_ending)

    def put_beside(self, widget: QWidget) -> None:
        """Put a widget between how the run ended and the content."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(self.card), widget, 1)

    @property
    def is_empty(self) -> bool:
        """Whether it shows what Start will do."""
        return self._pages.currentWidget() is self.empty

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._say_ending()
        self.say_other(self._other)
        self._say_then()

    def say_trouble(self, text: str) -> None:
        """Say what did not work, "" to take it back."""
        self.trouble.say(Role.WARNING, text)

    def say_other(self, owner: str | None) -> None:
        """Say whose run is in the way, None when nobody's is."""
        self._other = owner
        if owner is None:
            self.other.say(Role.NEUTRAL, "")
            return
        text = _("{what} is under way. Two at once would disturb each other's numbers.")
        self.other.say(Role.NEUTRAL, text.format(what=owner_name(owner)), _("Stop it"))

    def say_of_then(self, name: str, begun_s: float) -> None:
        """Say that what is shown was done then (seconds since 1970), and is from the history."""
        self._then = name, begun_s
        self._say_then()

    def say_of_now(self) -> None:
        """What is shown is of now."""
        self._then = None
        self._say_then()

    def show_nothing_yet(self) -> None:
        """Say what Start does."""
        self._forget_ending()
        self.progress.hide()
        self._pages.setCurrentWidget(self.empty)

    def show_progress(
        self, words: str, share: float | None, remaining_s: float | None, *, can_stop: bool
    ) -> None:
        """Show a run under way."""
        self._forget_ending()
        self.progress.show_progress(words, share, remaining_s)
        self.progress.set_cancel_enabled(can_stop)
        self._pages.setCurrentWidget(self._content)

    def show_ending(self, role: Role, words: str, details: str, log_path: str | None) -> None:
        """Show how a run ended."""
        self.progress.hide()
        if log_path != self._log_path:
            self.log.hide()
        self._ending, self._log_path = (role, words), log_path
        self.details.say(details)
        self.details.setVisible(bool(details))
        self._say_ending()
        self._pages.setCurrentWidget(self._content)

    def _forget_ending(self) -> None:
        self._ending = None
        for widget in (self.ending, self.details, self.log):
            widget.hide()

    def _say_ending(self) -> None:
        if self._ending is not None:
            action = _("Show log") if self.log.isHidden() else _("Hide log")
            self.ending.say(*self._ending, action if self._log_path else "")

    def _say_then(self) -> None:
        self.then.say(Role.ACCENT, from_history(*self._then) if self._then else "")

    def _toggle_log(self) -> None:
        if self.log.isHidden():
            self.log.show_log(self._log_path)
        else:
            self.log.hide()
        self._say_ending()
