"""The right side of the training page: nothing yet, working, or how it ended; and the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from accelgui.gui.plots.time_plots import TimePlots
from accelgui.gui.theme import SPACE, Role
from accelgui.gui.widgets import Banner, Card, EmptyState, Label, ProgressStrip
from accelgui.gui.widgets.log_view import LogView
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accelgui.gui.plots.specs import PanelSpec


class Stage(QWidget):
    """Shows one of the states of the page above the plots.

    Signals: `stop_pressed` for the run of this page, `stop_other_pressed` for somebody else's.
    """

    stop_pressed = Signal()
    stop_other_pressed = Signal()

    def __init__(
        self,
        specs: Sequence[PanelSpec],
        run_label: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.plots = TimePlots(specs, run_label)
        self._log_path: str | None = None
        self._ending: tuple[Role, str] | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.other = Banner(dismissible=False)
        self.trouble = Banner()
        self.progress = ProgressStrip(cancel=_("Stop"))
        self.ending = Banner(dismissible=False)
        self.details = Label(kind="small", selectable=True)
        self.details.hide()
        self.log = LogView()
        self.empty = EmptyState("trending-up")
        self.card = Card(is_compact=True)
        content = QWidget()
        self._pages = QStackedLayout(content)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.plots)
        self.card.body.addWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (
            self.other,
            self.trouble,
            self.progress,
            self.ending,
            self.details,
            self.log,
        ):
            column.addWidget(widget)
        column.addWidget(self.card, 1)

    def _connect(self) -> None:
        self.progress.cancelled.connect(self.stop_pressed)
        self.other.action_pressed.connect(self.stop_other_pressed)
        self.ending.action_pressed.connect(self._toggle_log)
        self.log.closed.connect(self._say_ending)
        self.plots.trouble.connect(lambda text: self.trouble.say(Role.WARNING, text))

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.empty.say(
            _("Watch this machine learn"),
            _(
                "Start trains a small network on handwritten digits and draws, live: loss, "
                "accuracy, speed, and what the hardware does. As the form stands, this takes about "
                "ten seconds on a CPU."
            ),
        )
        self.plots.retranslate()
        self._say_ending()

    def say_other(self, text: str) -> None:
        """Say that somebody else's run is in the way, "" when it is not."""
        self.other.say(Role.NEUTRAL, text, _("Stop it") if text else "")

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
        self._pages.setCurrentWidget(self.plots)

    def show_ending(self, role: Role, words: str, details: str, log_path: str | None) -> None:
        """Show how a run ended."""
        self.progress.hide()
        if log_path != self._log_path:
            self.log.hide()
        self._ending, self._log_path = (role, words), log_path
        self.details.say(details)
        self.details.setVisible(bool(details))
        self._say_ending()
        self._pages.setCurrentWidget(self.plots)

    def _forget_ending(self) -> None:
        self._ending = None
        for widget in (self.ending, self.details, self.log):
            widget.hide()

    def _say_ending(self) -> None:
        if self._ending is not None:
            action = _("Hide log") if self.log.isVisible() else _("Show log")
            self.ending.say(*self._ending, action if self._log_path else "")

    def _toggle_log(self) -> None:
        if self.log.isVisible():
            self.log.hide()
        else:
            self.log.show_log(self._log_path)
        self._say_ending()
