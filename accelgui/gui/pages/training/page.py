"""The training page."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui.pages.page import MARGIN, Page
from accelgui.gui.pages.run_stage import RunStage
from accelgui.gui.pages.training import ending, progress
from accelgui.gui.pages.training.board_button import BoardButton
from accelgui.gui.pages.training.form import TrainingForm
from accelgui.gui.pages.training.ladder_stage import LadderStage
from accelgui.gui.pages.training.panels import PANELS
from accelgui.gui.pages.training.record import RunRecord
from accelgui.gui.pages.training.remedies import Remedies, finding_of
from accelgui.gui.pages.training.reopening import record_of
from accelgui.gui.pages.training.runs_list import RunsList
from accelgui.gui.pages.training.searching import Searching
from accelgui.gui.pages.training.side import Side
from accelgui.gui.plots.time_plots import TimePlots
from accelgui.gui.theme import SPACE
from accelgui.history.entries import LADDER
from accelgui.model.requests import LadderRequest
from accelgui.runs.launch import AgentCommand
from accelgui.words import N_, _

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from accelgui.gui.bridge.follower import RunFollower
    from accelgui.gui.session import Session
    from accelgui.history import Kept
    from accelgui.model.events import Event
    from accelgui.model.memory import LargestBatch
    from accelgui.model.outcome import RunOutcome
    from accelgui.model.requests import TrainingRequest
    from accelgui.model.sample import Sample

OWNER, LADDER_OWNER = "training", "ladder"


class TrainingPage(Page):
    """A form on the left, the run and its plots on the right, runs to compare below the form."""

    code: ClassVar[str] = "training"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.records: dict[str, RunRecord] = {}
        self.form = TrainingForm()
        self.runs = RunsList()
        self.plots = TimePlots(PANELS, self._label_of)
        self.stage = RunStage(self.plots, "trending-up", cancel=N_("Stop"))
        self.ladder = LadderStage()
        self.board = BoardButton(session)
        self.remedies = Remedies()
        self._side = Side(self.form, self.runs)
        self._searching = Searching(session, self.remedies.search, OWNER)
        self._numbers = itertools.count(1)
        self._current: RunRecord | None = None
        self._chosen: RunRecord | None = None
        self._follower: RunFollower | None = None
        self._is_stopping = False
        self._build()
        self._connect()
        self._on_snapshot()
        self._on_run_changed()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        right = QVBoxLayout()
        right.setContentsMargins(SPACE, 2 * SPACE, MARGIN, 2 * SPACE)
        self._stages = QStackedLayout()
        self._stages.addWidget(self.stage)
        self._stages.addWidget(self.ladder)
        self.stage.put_beside(self.remedies)
        right.addLayout(self._stages)
        row.addLayout(right, 1)
        self.plots.bar.addWidget(self.board)

    def _connect(self) -> None:
        self.form.start_pressed.connect(self.start)
        self.form.ladder_pressed.connect(self.start_ladder)
        self.form.pause_pressed.connect(self.pause)
        self.ladder.progressed.connect(self.session.progress_changed)
        self.ladder.ended.connect(self._on_run_changed)
        self.ladder.stop_other_pressed.connect(self.session.stop_run)
        self.remedies.search.progressed.connect(self.session.progress_changed)
        self.remedies.search.ended.connect(self._on_search_ended)
        self.remedies.search.train_pressed.connect(self._train_with)
        self.remedies.search.search_pressed.connect(self._search_again)
        self.runs.chosen.connect(self._choose)
        self.runs.shown_changed.connect(self.plots.stack.set_shown)
        self.runs.remove_asked.connect(self._remove)
        self.plots.trouble.connect(self.stage.say_trouble)
        self.board.trouble.connect(self.stage.say_trouble)
        self.stage.stop_pressed.connect(self.stop)
        self.stage.stop_other_pressed.connect(self.session.stop_run)
        self.session.snapshot_changed.connect(self._on_snapshot)
        self.session.checking_changed.connect(self._on_snapshot)
        self.session.samples_arrived.connect(self._on_samples)
        self.session.run_changed.connect(self._on_run_changed)

    def start(self) -> None:
        """Start a run with the form as it stands; what speaks against it is said on the page."""
        request = self.form.judged().request
        if request is None or self.form.obstacle or self._is_at_work:
            return
        self._start(request)

    def _start(self, request: TrainingRequest) -> None:
        command = AgentCommand("train", request, python=self.session.python)
        follower = self.session.start_run(OWNER, command)
        if follower is None:
            self._on_run_changed()
            return
        self.follow(follower, request)

    def start_ladder(self) -> None:
        """Climb the acceleration ladder with what the form says of it."""
        training = self.form.judged().request
        if training is None or self.form.obstacle or self._is_at_work:
            return
        request = LadderRequest(
            framework=training.framework,
            model=training.model,
            device=training.device,
            batch_size=training.batch_size,
            seed=training.seed,
            data_path=training.data_path,
        )
        command = AgentCommand("ladder", request, python=self.session.python)
        self.follow_ladder(self.session.start_run(LADDER_OWNER, command))

    def follow_ladder(self, follower: RunFollower | None) -> None:
        """Show a ladder that is about to be climbed."""
        if follower is not None:
            self.ladder.follow(follower)
            self._stages.setCurrentWidget(self.ladder)
        self._on_run_changed()

    @property
    def _is_at_work(self) -> bool:
        is_climbing, is_searching = self.ladder.is_under_way, self._searching.is_under_way
        return self._current is not None or is_climbing or is_searching

    def follow(self, follower: RunFollower, request: TrainingRequest) -> None:
        """Show a run that is about to start."""
        record = RunRecord(f"run-{next(self._numbers)}", request, self.session.python)
        self._follower, self._current, self._is_stopping = follower, record, False
        self.form.offer_pause(is_offered=True)
        self.records[record.key] = record
        number = self.plots.stack.add_run(record.key)
        self.runs.add(record, number)
        self._chosen = record
        follower.events_arrived.connect(self._on_events)
        follower.run_ended.connect(self._on_run_ended)
        self.form.set_busy(True)
        self._stages.setCurrentWidget(self.stage)
        self.plots.stack.fit()
        self._show_state()

    def reopen(self, kept: Kept) -> None:
        """Show a training or a ladder as it was; nothing moves while one is under way."""
        if self._is_at_work:
            return
        if kept.entry.kind == LADDER:
            self.ladder.reopen(kept)
            self._stages.setCurrentWidget(self.ladder)
            return
        record = record_of(kept)
        if record is None:
            return
        if record.key not in self.records:
            self.records[record.key] = record
            self.runs.add(record, self.plots.stack.add_run(record.key))
            self._add_curves(record, set())
            self.plots.stack.settle()
        self.runs.choose(record.key)
        self._choose(record.key)
        self.plots.stack.fit()

    def pause(self, is_paused: bool) -> None:
        """Let the run of this page wait between two batches, or go on."""
        if self._follower is not None:
            self._follower.tell({"pause": is_paused})
            self.session.run_paused.emit(is_paused)
            self._show_progress()

    def stop(self) -> None:
        """Ask the run of this page to end."""
        if self._follower is not None:
            self._is_stopping = True
            self._follower.stop()
            self._show_progress()

    def retranslate(self) -> None:
        self.form.retranslate()
        self.runs.retranslate()
        self.plots.retranslate()
        self.stage.retranslate()
        self.ladder.retranslate()
        self.board.retranslate()
        self.stage.empty.say(
            _("Watch this machine learn"),
            _(
                "Start trains a small network on handwritten digits and draws, live: loss, "
                "accuracy, speed, and what the hardware does. As the form stands, this takes about "
                "ten seconds on a CPU."
            ),
        )
        self._on_run_changed()
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.fit(self.width())

    def _on_events(self, events: list[Event]) -> None:
        record = self._current
        if record is None:
            return
        had_started, known = record.started, set(record.series)
        for event in events:
            record.take(event)
        self._add_curves(record, known)
        if record.started is not had_started:
            self.runs.refresh(record.key)
        self.plots.stack.data_arrived()
        self._show_progress()

    def _on_samples(self, samples: list[Sample]) -> None:
        record = self._current
        if record is None or record.started is None:
            return
        known = set(record.series)
        for sample in samples:
            record.take_sample(sample)
        self._add_curves(record, known)
        self.plots.stack.data_arrived()

    def _on_run_ended(self, outcome: RunOutcome) -> None:
        record = self._current
        assert record is not None
        record.outcome = outcome
        record.finding = finding_of(record)
        self._searching.ask_after(record)
        self._current = self._follower = None
        self.form.offer_pause(is_offered=False)
        self.form.set_busy(False)
        self.runs.refresh(record.key)
        self.plots.stack.settle()
        self._show_state()

    def _search_again(self) -> None:
        if self._chosen is not None and not self._is_at_work:
            self._searching.begin(self._chosen)

    def _on_search_ended(self, found: LargestBatch | None) -> None:
        self._searching.keep(found)
        self._on_run_changed()

    def _train_with(self, batch_size: int) -> None:
        if self._chosen is not None and not self._is_at_work:
            self.form.batch_size.setText(str(batch_size))
            self._start(replace(self._chosen.request, batch_size=batch_size))

    def _add_curves(self, record: RunRecord, known: set[tuple[str, str]]) -> None:
        if record.zero_s is None:
            return
        for place in record.series.keys() - known:
            self.plots.stack.add_curve(record.key, *place, record.series[place], record.zero_s)

    def _choose(self, key: str) -> None:
        self._chosen = self.records[key]
        self._stages.setCurrentWidget(self.stage)
        self.plots.stack.choose(key)
        self._show_state()

    def _remove(self, key: str) -> None:
        record = self.records.pop(key)
        self.runs.remove(key)
        self.plots.stack.remove_run(key)
        if record is self._chosen:
            self._chosen = next(reversed(self.records.values()), None)
            if self._chosen is not None:
                self.runs.choose(self._chosen.key)
                self.plots.stack.choose(self._chosen.key)
        self.plots.stack.settle()
        self._show_state()

    def _on_snapshot(self) -> None:
        self.form.show_snapshot(self.session.snapshot, is_checking=self.session.is_checking)

    def _on_run_changed(self) -> None:
        self._searching.begin_if_free()
        other = self.session.run_owner not in {None, OWNER, LADDER_OWNER}
        self.form.set_busy(self._is_at_work or other)
        for stage in (self.stage, self.ladder):
            stage.say_other(self.session.run_owner if other else None)

    def _show_state(self) -> None:
        ended = self._chosen if self._current is None else None
        if ended is not None and ended.then is not None:
            self.stage.say_of_then(*ended.then)
        else:
            self.stage.say_of_now()
        self.remedies.show_record(ended)
        has_remedies = ended is not None and ended.finding is not None
        self.stage.card.setVisible(not has_remedies or bool(ended and ended.series))
        if self._current is not None:
            self._show_progress()
        elif self._chosen is not None:
            role, words = ending.verdict(self._chosen)
            outcome = self._chosen.outcome
            self.stage.show_ending(
                role, words, ending.details(self._chosen), outcome.log_path if outcome else None
            )
        else:
            self.stage.show_nothing_yet()

    def _show_progress(self) -> None:
        record = self._current
        if record is None:
            return
        is_paused = self.form.pause.isChecked()
        words = progress.words(record, is_stopping=self._is_stopping, is_paused=is_paused)
        share, left_s = progress.share(record), progress.remaining_s(record)
        self.stage.show_progress(words, share, left_s, can_stop=not self._is_stopping)
        self.session.progress_changed.emit(share, words)

    def _label_of(self, key: str) -> str:
        return ending.label(self.records[key])
