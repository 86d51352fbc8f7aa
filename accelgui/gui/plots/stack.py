"""Plots one above the other on one axis of time, for one or several runs."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from accelgui.gui.plots.curve import Curve
from accelgui.gui.plots.panel import Panel
from accelgui.gui.plots.reading_card import ReadingCard
from accelgui.gui.plots.span import TimeSpan
from accelgui.gui.plots.time_ruler import TimeRuler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHideEvent, QShowEvent

    from accelgui.gui.plots.specs import PanelSpec
    from accelgui.telemetry import Series

# All panels are drawn anew at most this often, and one in each turn of the event loop, so that
# the window answers between two of them.
_CYCLE_S = 0.2
# With many curves, longer: a picture of eight GPUs changes at a glance all the same.
_CURVES_PER_CYCLE = 24
_TURN_MS = 15
# So far from the cursor stands what it reads.
_CARD_PX = 12


@dataclass
class _RunState:
    number: int
    is_shown: bool = True


class PlotStack(QWidget):
    """Panels that share the axis of time and the cursor.

    Give it series and say `data_arrived()` when they have grown: it looks at them on a timer, and
    not at all while it is hidden. Signals: `following_changed(bool)`, `span_changed()` by hand,
    `pointed(float | None)` the moment under the pointer, `menu_asked(QPoint)`.

    `run_label` gives the words for a run.
    """

    following_changed = Signal(bool)
    span_changed = Signal()
    pointed = Signal(object)
    menu_asked = Signal(object)

    def __init__(self, specs: Sequence[PanelSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.span = TimeSpan()
        self.panels = {spec.code: Panel(spec) for spec in specs}
        self._runs: dict[str, _RunState] = {}
        self._chosen: str | None = None
        self._drawn_revisions: dict[str, int] = {}
        self._queue: deque[Panel] = deque()
        self._cycle_started_s = 0.0
        self._has_news = False
        self._unwanted: set[str] = set()
        self.run_label: Callable[[str], str] = str
        self._under_pointer: Panel | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_turn)
        self._build()

    def _build(self) -> None:
        area = QScrollArea()
        # No stop of Tab of its own, which nobody would see.
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.body = QWidget()
        self.body.setObjectName("plots")
        self._layout = QVBoxLayout(self.body)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        for panel in self.panels.values():
            self._layout.addWidget(panel, panel.spec.stretch)
            self._connect(panel)
        area.setWidget(self.body)
        self.ruler = TimeRuler()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(self.ruler)
        self.card = ReadingCard(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._arrange()
        self._align_legends()
        self._apply_span()

    def _connect(self, panel: Panel) -> None:
        panel.pointed.connect(partial(self._on_pointed, panel))
        panel.view.zoom_asked.connect(self.zoom)
        panel.view.pan_asked.connect(self.pan)
        panel.view.fit_asked.connect(self.fit)
        panel.view.menu_asked.connect(self.menu_asked)
        panel.view.sigResized.connect(self._on_resized)

    @property
    def is_following(self) -> bool:
        """Whether the span of time grows with the data."""
        return self.span.is_following

    @property
    def runs(self) -> tuple[str, ...]:
        """The keys of the runs, the oldest first."""
        return tuple(self._runs)

    @property
    def is_drawing(self) -> bool:
        """Whether something is yet to be drawn."""
        return self._timer.isActive()

    def number_of(self, run: str) -> int:
        """Return the number of a run, which decides its colour and mark."""
        return self._runs[run].number

    def add_run(self, run: str, number: int | None = None) -> int:
        """Make room for the curves of a run and choose it; returns its number.

        Without a number it gets the lowest that is free.
        """
        if number is None:
            taken = {state.number for state in self._runs.values()}
            number = next(n for n in range(len(taken) + 1) if n not in taken)
        self._runs[run] = _RunState(number)
        self.choose(run)
        return number

    def add_curve(
        self, run: str, panel_code: str, track_code: str, series: Series, zero_s: float
    ) -> None:
        """Draw a series of a run; `zero_s` is when the run started on the clock of the series."""
        panel = self.panels[panel_code]
        track = next(track for track in panel.spec.tracks if track.code == track_code)
        curve = Curve(self._runs[run].number, track, series, zero_s)
        curve.set_state(is_shown=self._runs[run].is_shown, is_chosen=run == self._chosen)
        panel.add(run, curve)
        self.data_arrived()

    def remove_run(self, run: str) -> None:
        """Forget a run and its curves."""
        del self._runs[run]
        self._under_pointer = None
        for panel in self.panels.values():
            panel.remove(run)
        if run == self._chosen:
            self._chosen = next(reversed(self._runs), None)
        self._show_runs()

    def choose(self, run: str) -> None:
        """Bring the curves of a run to the front."""
        self._chosen = run
        self._show_runs()

    def set_shown(self, run: str, is_shown: bool) -> None:
        """Show or hide the curves of a run."""
        self._runs[run].is_shown = is_shown
        self._show_runs()

    def set_panel_wanted(self, panel_code: str, is_wanted: bool) -> None:
        """Show a panel where it has values, or never."""
        if is_wanted:
            self._unwanted.discard(panel_code)
        else:
            self._unwanted.add(panel_code)
        self._arrange()
        self._on_resized()

    def show_window(self, window_s: float | None) -> None:
        """Follow no more than the newest `window_s`; None follows everything."""
        self._change_span(self.span.windowed(window_s).fitted(self._end_s()))

    def show_span(self, span: TimeSpan) -> None:
        """Show the span that another stack shows."""
        self._change_span(span)

    def show_time_of_day(self, zero_wall_s: float) -> None:
        """Write times of day below; the axis begins at this one."""
        self.ruler.show_time_of_day(zero_wall_s)
        for panel in self.panels.values():
            panel.show_time_of_day(zero_wall_s)

    def data_arrived(self) -> None:
        """Look for new values soon."""
        self._has_news = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(_TURN_MS)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        for panel in self.panels.values():
            panel.retranslate()
        self.ruler.retranslate()
        self._align_legends()

    def point_at(self, time_s: float | None) -> None:
        """Put the cursor of all panels at a moment, None takes it away."""
        for panel in self.panels.values():
            panel.point_at(time_s)
        self._show_card()
        self.pointed.emit(time_s)

    def bring_into_view(self, time_s: float) -> None:
        """Move to a moment that is not in view, such that what comes after it is."""
        start_s, end_s = self._span_s
        if not start_s <= time_s <= end_s:
            self._change_span(self.span.panned(time_s - start_s - 0.05 * (end_s - start_s)))

    def zoom(self, factor: float, centre_s: float) -> None:
        """Show `factor` times the span around a moment."""
        self._change_span(self.span.zoomed(factor, centre_s))

    def pan(self, shift_s: float) -> None:
        """Show an earlier or later span."""
        self._change_span(self.span.panned(shift_s))

    def fit(self) -> None:
        """Show everything, and follow what comes."""
        for panel in self.panels.values():
            panel.fit_values()
        self._change_span(self.span.fitted(self._end_s()))

    def follow(self, is_following: bool) -> None:
        """Let the span of time grow with the data, or keep it as it is."""
        if is_following:
            self.fit()
        else:
            self._change_span(self.span.held())

    def settle(self) -> None:
        """End the axis where the data ends: nothing more comes."""
        if self.is_following:
            self._change_span(self.span.fitted(self._end_s(), is_complete=True))

    def draw_now(self) -> None:
        """Draw all that is new at once, e.g. before a picture is taken."""
        self._begin_cycle()
        while self._queue:
            self._draw(self._queue.popleft())

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        if self._has_news:
            self._timer.start(_TURN_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Draw nothing that nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

    def _on_pointed(self, panel: Panel, time_s: float | None) -> None:
        self._under_pointer = None if time_s is None else panel
        self.point_at(time_s)

    def _show_card(self) -> None:
        """Show what the panel under the pointer has no room to say."""
        panel = self._under_pointer
        names = {state.number: self.run_label(run) for run, state in self._runs.items()}
        self.card.show_readings(panel.unread() if panel else (), names)
        if panel is None or self.card.isHidden():
            return
        at = panel.mapTo(self, panel.cursor_top)
        right_px = at.x() + _CARD_PX
        fits = right_px + self.card.width() <= self.width()
        x_px = right_px if fits else at.x() - _CARD_PX - self.card.width()
        y_px = min(max(at.y(), 0), self.height() - self.card.height())
        self.card.move(max(x_px, 0), max(y_px, 0))

    def _on_turn(self) -> None:
        if self._queue:
            self._draw(self._queue.popleft())
        elif not self._has_news:
            self._timer.stop()
        elif (rest_s := self._cycle_started_s + self._cycle_s - time.monotonic()) > 0:
            self._timer.start(max(round(1000 * rest_s), _TURN_MS))
        else:
            self._begin_cycle()
            self._timer.start(_TURN_MS)

    @property
    def _cycle_s(self) -> float:
        curves = sum(len(panel.curves) for panel in self.panels.values() if panel.isVisible())
        return _CYCLE_S * max(1.0, curves / _CURVES_PER_CYCLE)

    def _begin_cycle(self) -> None:
        self._has_news = False
        self._cycle_started_s = time.monotonic()
        self._arrange()
        if self.span.is_following:
            self.span = self.span.grown(self._end_s())
            self.ruler.set_span(*self._span_s)
        for panel in self.panels.values():
            if panel.isHidden():
                continue
            is_moved, revision = panel.span_s != self._span_s, panel.revision
            # At once, lest a moment stand at two places; that it moves is seldom.
            panel.set_span(*self._span_s)
            if is_moved or self._drawn_revisions.get(panel.spec.code) != revision:
                self._drawn_revisions[panel.spec.code] = revision
                self._queue.append(panel)

    def _draw(self, panel: Panel) -> None:
        panel.set_span(*self._span_s)
        panel.redraw()
        if panel is self._under_pointer:
            self._show_card()

    @property
    def _span_s(self) -> tuple[float, float]:
        return self.span.start_s, self.span.end_s

    def _change_span(self, span: TimeSpan) -> bool:
        """Show another span; returns whether it is another one."""
        if span == self.span:
            return False
        was_following, self.span = self.span.is_following, span
        self._apply_span()
        self.span_changed.emit()
        if span.is_following != was_following:
            self.following_changed.emit(span.is_following)
        return True

    def _apply_span(self) -> None:
        self.ruler.set_span(*self._span_s)
        for panel in self.panels.values():
            panel.set_span(*self._span_s)
        self._queue.clear()
        self._queue.extend(panel for panel in self.panels.values() if not panel.isHidden())
        if self.isVisible():
            self._timer.start(_TURN_MS)

    def _show_runs(self) -> None:
        shown = {run for run, state in self._runs.items() if state.is_shown}
        for panel in self.panels.values():
            panel.show_runs(shown, self._chosen)
        self._arrange()
        self.data_arrived()

    def _arrange(self) -> None:
        """Show the panels that have something to show."""
        for panel in self.panels.values():
            is_wanted = panel.spec.code not in self._unwanted
            panel.setVisible(is_wanted and (panel.spec.always_shown or panel.has_values))
        shown = [panel for panel in self.panels.values() if not panel.isHidden()]
        for panel in shown:
            panel.happenings.front.shows_names = panel is shown[0]

    def _on_resized(self) -> None:
        shown = [panel for panel in self.panels.values() if not panel.isHidden()]
        if shown:
            self.ruler.set_area(*shown[0].area_px)
        self.data_arrived()

    def _align_legends(self) -> None:
        widest = max(panel.title_width for panel in self.panels.values())
        for panel in self.panels.values():
            panel.set_title_width(widest)

    def _end_s(self) -> float | None:
        ends = [panel.end_s for panel in self.panels.values()]
        return max((end for end in ends if end is not None), default=None)
