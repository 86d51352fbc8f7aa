"""The search for the largest batch that fits: how far it is, and a button to train with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Label, ProgressStrip
from accelgui.gui.widgets.button import Button
from accelgui.model.events import BatchSearchDone, BatchTried, Progress
from accelgui.model.outcome import RunStatus
from accelgui.words import N_, _
from accelgui.words import batches as words
from accelgui.words.outcomes import sentence

if TYPE_CHECKING:
    from accelgui.gui.bridge.follower import RunFollower
    from accelgui.model.events import Event
    from accelgui.model.memory import LargestBatch
    from accelgui.model.outcome import RunOutcome


class BatchSearch(QWidget):
    """Follows one search at a time and keeps what it came to.

    Signals: `progressed(share, words)` and `ended(LargestBatch | None)` while one is under way,
    `train_pressed(int)` with the batch that fits, `search_pressed` for another search.
    """

    progressed = Signal(object, str)
    ended = Signal(object)
    train_pressed = Signal(int)
    search_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: LargestBatch | None = None
        self._outcome: RunOutcome | None = None
        self._follower: RunFollower | None = None
        self._progress: Progress | None = None
        self._trying: int | None = None
        self._build()

    def _build(self) -> None:
        self.strip = ProgressStrip(cancel=N_("Stop"))
        self.strip.cancelled.connect(self.stop)
        self.result = Label(selectable=True)
        self.train = Button(kind="primary", icon="play")
        self.train.clicked.connect(self._on_train_pressed)
        self.again = Button(icon="search")
        self.again.clicked.connect(self.search_pressed)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.result, 1)
        row.addWidget(self.again)
        row.addWidget(self.train)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        column.addLayout(row)
        self._say()

    @property
    def is_under_way(self) -> bool:
        """Whether a search goes on."""
        return self._follower is not None

    def follow(self, follower: RunFollower) -> None:
        """Show a search that is about to begin."""
        self._follower, self._outcome, self.found = follower, None, None
        self._progress, self._trying = None, None
        follower.events_arrived.connect(self._on_events)
        follower.run_ended.connect(self._on_ended)
        self._say()

    def show_found(self, found: LargestBatch | None) -> None:
        """Show what an earlier search came to, None where there was none."""
        if not self.is_under_way:
            self.found, self._outcome = found, None
            self._say()

    def stop(self) -> None:
        """Ask for an end; what was found stays."""
        if self._follower is not None:
            self._follower.stop()
            self.strip.set_cancel_enabled(False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
        super().changeEvent(event)

    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Progress():
                    self._progress = event
                case BatchTried(fits=None):
                    self._trying = event.batch_size
                case BatchSearchDone():
                    self.found = event.found
        self._say()

    def _on_ended(self, outcome: RunOutcome) -> None:
        self._outcome, self._follower = outcome, None
        self._say()
        self.ended.emit(self.found)

    def _on_train_pressed(self) -> None:
        if self.found is not None and self.found.batch_size is not None:
            self.train_pressed.emit(self.found.batch_size)

    def _say(self) -> None:
        self.strip.setVisible(self.is_under_way)
        size = self.found.batch_size if self.found else None
        self.train.setVisible(size is not None and not self.is_under_way)
        self.again.setVisible(size is None and not self.is_under_way)
        self.again.setText(_("Look for a batch that fits"))
        self.result.setVisible(not self.is_under_way)
        if size is not None:
            self.train.setText(words.offer(size))
        if self.is_under_way:
            self._say_progress()
        elif self.found is not None:
            self.result.say(words.result(self.found))
        elif self._outcome is not None and self._outcome.status is not RunStatus.STOPPED:
            self.result.say(sentence(self._outcome, _("The search")))
        else:
            self.result.say("")

    def _say_progress(self) -> None:
        told = self._progress
        text = _("Looking for a batch that fits")
        if self._trying is not None:
            text = words.trying(self._trying)
        share = told.done / told.total if told and told.total > 0 else None
        self.strip.show_progress(text, share)
        self.progressed.emit(share, text)
