"""The precision page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from accelgui.gui.pages.page import MARGIN, Page
from accelgui.gui.pages.precision.controls import PrecisionControls
from accelgui.gui.pages.precision.results import PrecisionResults
from accelgui.gui.pages.run_stage import RunStage
from accelgui.gui.theme import SPACE, Role
from accelgui.model.events import Progress
from accelgui.model.outcome import RunStatus
from accelgui.model.precision_events import (
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
    SoakProgress,
)
from accelgui.runs.conditions import Conditions
from accelgui.runs.launch import AgentCommand
from accelgui.words import _, n_
from accelgui.words.arithmetic import soak_verdict
from accelgui.words.devices import key_name
from accelgui.words.frameworks import framework_name
from accelgui.words.outcomes import sentence
from accelgui.words.precision import summary
from accelgui.words.progress import step_name
from accelgui.words.units import seconds_text

if TYPE_CHECKING:
    from accelgui.gui.bridge.follower import RunFollower
    from accelgui.gui.session import Session
    from accelgui.history import Kept
    from accelgui.model.events import Event
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.sample import Sample

OWNER = "precision"


class PrecisionPage(Page):
    """Controls above; below them the plot and the table, as rows come in."""

    code: ClassVar[str] = "precision"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.controls = PrecisionControls()
        self.results = PrecisionResults()
        self.stage = RunStage(self.results, "sigma")
        self._follower: RunFollower | None = None
        self._started: PrecisionStarted | None = None
        self._progress: Progress | None = None
        self._outcome: RunOutcome | None = None
        self._conditions: Conditions | None = None
        self._is_stopping = False
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 2 * SPACE, MARGIN, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.controls)
        column.addWidget(self.stage, 1)
        self._connect()
        self._on_snapshot()
        self._on_run_changed()

    def _connect(self) -> None:
        self.controls.start_pressed.connect(self.start)
        self.stage.stop_pressed.connect(self.stop)
        self.stage.stop_other_pressed.connect(self.session.stop_run)
        self.session.snapshot_changed.connect(self._on_snapshot)
        self.session.checking_changed.connect(self._on_snapshot)
        self.session.samples_arrived.connect(self._on_samples)
        self.session.run_changed.connect(self._on_run_changed)

    def start(self) -> None:
        """Start a check with what is chosen."""
        if self.controls.obstacle or self._follower is not None:
            return
        command = AgentCommand("precision", self.controls.request(), python=self.session.python)
        follower = self.session.start_run(OWNER, command)
        if follower is None:
            self._on_run_changed()
            return
        self.follow(follower)

    def follow(self, follower: RunFollower) -> None:
        """Show a check that is about to start."""
        self._follower, self._is_stopping = follower, False
        self._started = self._progress = self._outcome = self._conditions = None
        follower.events_arrived.connect(self._on_events)
        follower.run_ended.connect(self._on_run_ended)
        self.results.clear()
        self.stage.say_of_now()
        self.controls.set_busy(True)
        self._show_progress()

    def reopen(self, kept: Kept) -> None:
        """Show a check as it was; not while another one is under way."""
        if self._follower is not None:
            return
        self.results.clear()
        self._started = self._progress = self._conditions = None
        for event in kept.events:
            if isinstance(event, PrecisionStarted):
                self._started = event
            else:
                self.results.take(event)
        self.results.add([e.row for e in kept.events if isinstance(e, PrecisionRowDone)])
        self._outcome = kept.outcome
        self._show_state()
        self.stage.say_of_then(kept.entry.name, kept.entry.begun_s)

    def stop(self) -> None:
        """Ask the check of this page to end."""
        if self._follower is not None:
            self._is_stopping = True
            self._follower.stop()
            self._show_progress()

    def retranslate(self) -> None:
        self.controls.retranslate()
        self.results.retranslate()
        self.stage.retranslate()
        self.stage.empty.say(
            _("Are this device's numbers right?"),
            _(
                "Start multiplies, convolves and sums known numbers on the device and compares "
                "every result with the right one from the CPU. Quick takes about ten seconds; full "
                "adds odd and large sizes and takes a minute or two; a soak repeats it with fresh "
                "numbers for as long as you like, which finds rare faults."
            ),
        )
        self._on_run_changed()
        self._show_state()

    def _on_events(self, events: list[Event]) -> None:
        rows = [event.row for event in events if isinstance(event, PrecisionRowDone)]
        for event in events:
            if isinstance(event, PrecisionStarted):
                self._started = event
                self._conditions = Conditions(event.device)
                self._on_samples(list(self.session.latest.values()))
            elif isinstance(event, SoakProgress):
                told = self._conditions.told() if self._conditions is not None else {}
                self.results.take(replace(event, conditions=told))
            elif isinstance(event, Progress):
                self._progress = event
            else:
                self.results.take(event)
        self.results.add(rows)
        self._show_progress()

    def _on_samples(self, samples: list[Sample]) -> None:
        if self._follower is not None and self._conditions is not None:
            for sample in samples:
                self._conditions.take(sample)

    def _on_run_ended(self, outcome: RunOutcome) -> None:
        self._outcome = outcome
        self._follower = None
        self._on_run_changed()
        self._show_state()

    def _on_snapshot(self) -> None:
        self.controls.show_snapshot(self.session.snapshot, is_checking=self.session.is_checking)

    def _on_run_changed(self) -> None:
        other = self.session.run_owner if self.session.run_owner != OWNER else None
        self.controls.set_busy(self._follower is not None or other is not None)
        self.stage.say_other(other)

    def _show_state(self) -> None:
        if self._follower is not None:
            self._show_progress()
        elif self._outcome is not None:
            role, words = self._verdict(self._outcome)
            self.stage.show_ending(role, words, self._details(), self._outcome.log_path)
        else:
            self.stage.show_nothing_yet()

    def _show_progress(self) -> None:
        if self._follower is None:
            return
        progress, words, share, left_s = self._progress, _("Starting"), None, None
        if self._started is not None and progress is not None and progress.total > 0:
            share, left_s = progress.done / progress.total, progress.remaining_s
            words = _("Checking, {done} of {total}").format(
                done=f"{progress.done:.0f}", total=f"{progress.total:.0f}"
            )
        elif progress is not None:
            words = step_name(progress.what)
        if progress is not None and progress.what in {"soak", "drift"}:
            words = step_name(progress.what)
        if self._is_stopping:
            words = _("Stopping")
        self.stage.show_progress(words, share, left_s, can_stop=not self._is_stopping)
        self.session.progress_changed.emit(share, words)

    def _verdict(self, outcome: RunOutcome) -> tuple[Role, str]:
        rows = self.results.model.rows
        if outcome.status is RunStatus.STOPPED and rows and self.results.soak.soak is None:
            words = n_(
                "Stopped after {count} check. {summary}",
                "Stopped after {count} checks. {summary}",
                len(rows),
            )
            return Role.NEUTRAL, words.format(count=len(rows), summary=summary(rows))
        ended = outcome.status is RunStatus.FINISHED
        if outcome.status is RunStatus.STOPPED and self.results.soak.soak is not None:
            # However short, a soak tells what it has found.
            ended = True
        if not ended:
            role = Role.NEUTRAL if outcome.status is RunStatus.STOPPED else Role.BAD
            return role, sentence(outcome, _("The precision check"))
        soak = self.results.soak.soak
        if soak is not None:
            is_right = not soak.mismatches and not soak.memory_errors
            return (Role.GOOD if is_right else Role.BAD), soak_verdict(soak)
        verdicts = {row.verdict for row in rows}
        if RowVerdict.FAILED in verdicts or not rows:
            return Role.BAD, summary(rows)
        return (Role.WARNING if RowVerdict.LOWER in verdicts else Role.GOOD), summary(rows)

    def _details(self) -> str:
        started, outcome = self._started, self._outcome
        if started is None or outcome is None:
            return ""
        count = len(self.results.model.rows)
        return " · ".join((
            _("{framework} on {device}").format(
                framework=framework_name(started.framework, started.framework_version),
                device=key_name(started.device),
            ),
            n_("{count} check", "{count} checks", count).format(count=count),
            seconds_text(outcome.elapsed_s),
        ))
