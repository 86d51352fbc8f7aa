"""Where the acceleration ladder is followed: the view, its progress and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from accelgui.gui.pages.run_stage import RunStage
from accelgui.gui.pages.training.ladder_saving import LadderSaving
from accelgui.gui.pages.training.ladder_view import LadderView
from accelgui.gui.theme import Role
from accelgui.model.events import LadderRung, LadderStarted, Progress, WorkFailed
from accelgui.model.outcome import RunStatus
from accelgui.words import N_, _
from accelgui.words import ladder as words
from accelgui.words.devices import key_name
from accelgui.words.findings import cause_text
from accelgui.words.frameworks import framework_name
from accelgui.words.outcomes import sentence
from accelgui.words.training import model_name

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from accelgui.gui.bridge.follower import RunFollower
    from accelgui.history import Kept
    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome


class LadderStage(RunStage):
    """Follows one ladder at a time; `progressed(share, words)` and `ended` while it is climbed."""

    progressed = Signal(object, str)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.view = LadderView()
        super().__init__(self.view, "trending-up", cancel=N_("Stop"), parent=parent)
        self.rungs: list[LadderRung] = []
        self.started: LadderStarted | None = None
        self._outcome: RunOutcome | None = None
        self._progress: Progress | None = None
        self._follower: RunFollower | None = None
        self._is_stopping = False
        self._failed: WorkFailed | None = None
        self.saving = LadderSaving(self)
        self.saving.trouble.connect(self.say_trouble)
        self.view.head.addWidget(self.saving, 0, Qt.AlignmentFlag.AlignTop)
        self.stop_pressed.connect(self.stop)

    @property
    def is_under_way(self) -> bool:
        """Whether a ladder is being climbed."""
        return self._follower is not None

    def follow(self, follower: RunFollower) -> None:
        """Show a ladder that is about to be climbed."""
        self._follower, self._outcome, self._progress = follower, None, None
        self.rungs, self.started, self._is_stopping = [], None, False
        self._failed = None
        follower.events_arrived.connect(self._on_events)
        follower.run_ended.connect(self._on_ended)
        self.say_of_now()
        self.view.show_ladder((), ())
        self._say()

    def reopen(self, kept: Kept) -> None:
        """Show a ladder as it was."""
        self.rungs = [event for event in kept.events if isinstance(event, LadderRung)]
        starts = [event for event in kept.events if isinstance(event, LadderStarted)]
        self.started = starts[0] if starts else None
        self._outcome, self._progress = kept.outcome, None
        failures = [event for event in kept.events if isinstance(event, WorkFailed)]
        self._failed = failures[0] if failures else None
        self.view.show_ladder(self.started.rungs if self.started else (), self.rungs)
        self._say()
        self.say_of_then(kept.entry.name, kept.entry.begun_s)

    def stop(self) -> None:
        """Ask for an end; what was measured stays."""
        if self._follower is not None:
            self._is_stopping = True
            self._follower.stop()
            self._say()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        super().retranslate()
        self.view.retranslate()
        self.saving.retranslate()
        self._say()

    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case LadderStarted():
                    self.started = event
                case LadderRung():
                    self.rungs.append(event)
                case Progress():
                    self._progress = event
                case WorkFailed():
                    self._failed = event
        if self.started is not None:
            self.view.show_ladder(self.started.rungs, self.rungs)
        self._say()

    def _on_ended(self, outcome: RunOutcome) -> None:
        self._outcome, self._follower = outcome, None
        self._say()
        self.ended.emit()

    def _say(self) -> None:
        if self._follower is not None:
            self._say_progress()
        elif self._outcome is not None:
            self.show_ending(*self._ended_words(self._outcome), self._outcome.log_path)

    def _say_progress(self) -> None:
        told = self._progress
        if self._is_stopping:
            text = _("Stopping")
        elif self.started is None or told is None:
            text = _("Starting")
        else:
            text = _("Measuring: {rung}").format(
                rung=words.rung_name(told.what.removeprefix("rung_"))
            )
        share = told.done / told.total if told and self.started and told.total > 0 else None
        self.show_progress(text, share, None, can_stop=not self._is_stopping)
        self.progressed.emit(share, text)

    def _ended_words(self, outcome: RunOutcome) -> tuple[Role, str, str]:
        details = self._details()
        if outcome.status is RunStatus.FINISHED and self.rungs:
            is_disturbed = any(map(words.is_disturbed, self.rungs))
            role = Role.WARNING if is_disturbed else Role.GOOD
            return role, words.ending(self.rungs), details
        if self._failed is not None and (cause := cause_text(self._failed)):
            return Role.BAD, cause, details
        role = Role.NEUTRAL if outcome.status is RunStatus.STOPPED else Role.BAD
        return role, sentence(outcome, _("The ladder")), details

    def _details(self) -> str:
        if self.started is None:
            return ""
        where = _("{framework} on {device}").format(
            framework=framework_name(self.started.framework, self.started.framework_version),
            device=key_name(self.started.device),
        )
        parts = (where, model_name(self.started.model), words.threads_text(self.started))
        return " · ".join(filter(None, parts))
