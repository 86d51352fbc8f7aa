"""What was chosen: what a person wrote on it, what changed, facts, and curves over each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QWidget

from accelgui.gui.pages.history.comparison import Comparison, ordered, titles
from accelgui.gui.pages.training.panels import PANELS
from accelgui.gui.plots.time_plots import TimePlots
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button, Card, Label
from accelgui.history.comparing import changes, outcomes
from accelgui.history.entries import ALERT, TRAINING
from accelgui.history.gathering import rows_by_place
from accelgui.history.kept import kept
from accelgui.words import _, joining
from accelgui.words.alerts import advice
from accelgui.words.comparison import sentence

if TYPE_CHECKING:
    from accelgui.gui.session import Session
    from accelgui.history import Entry, History
    from accelgui.model.precision_events import PrecisionRow

# What only a training has stands above what every run has.
_MACHINE_PANELS = tuple(
    replace(panel, always_shown=False) for panel in PANELS if not panel.always_shown
)

# The page that shows an entry as it was, by kind.
PAGES = {
    "check": "overview",
    "precision": "precision",
    "training": "training",
    "ladder": "training",
}


class Detail(Card):
    """Of one entry, or of several side by side, the oldest first.

    `reopen_asked(int)` for the id of the entry that a person wants to see as it was.
    """

    reopen_asked = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(is_compact=True)
        self._session = session
        self._shown: list[Entry] = []
        self.name, self.tags, self.note = QLineEdit(), QLineEdit(), QLineEdit()
        self.reopen = Button(icon="arrow-right")
        self.said = Label(kind="strong", selectable=True)
        self.comparison = Comparison(self._rows_of)
        self.plots = TimePlots(PANELS, self._label_of)
        self.machine_plots = TimePlots(_MACHINE_PANELS, self._label_of)
        self.machine_plots.idle_words = lambda: _("Time since the work began")
        self._build()
        for line in (self.name, self.tags, self.note):
            line.editingFinished.connect(self._describe)
        self.reopen.clicked.connect(self._reopen)

    def _build(self) -> None:
        self._words = QWidget()
        words = QHBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(SPACE)
        for line, stretch in ((self.name, 2), (self.tags, 2), (self.note, 3)):
            words.addWidget(line, stretch)
        words.addWidget(self.reopen)
        self._curves = QStackedWidget()
        self._curves.addWidget(self.plots)
        self._curves.addWidget(self.machine_plots)
        beside = self._beside = QSplitter(Qt.Orientation.Horizontal)
        beside.addWidget(self.comparison)
        beside.addWidget(self._curves)
        beside.setHandleWidth(2 * SPACE)
        beside.setChildrenCollapsible(False)
        self.body.addWidget(self._words)
        self.body.addWidget(self.said)
        self.body.addWidget(beside, 1)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        for line, words in (
            (self.name, _("Name")),
            (self.tags, _("Tags, with spaces between")),
            (self.note, _("Note")),
        ):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
        self.reopen.setText(_("Open"))
        self.reopen.explain(_("Show it on its page as it was"))
        for plots in (self.plots, self.machine_plots):
            plots.retranslate()
        self.comparison.refresh()
        self._say()

    def show_entries(self, chosen: list[Entry]) -> None:
        """Show these."""
        chosen = ordered(chosen)
        if chosen == self._shown:
            return
        is_other = [(e.id, e.status) for e in chosen] != [(e.id, e.status) for e in self._shown]
        self._shown = chosen
        self._words.setVisible(len(chosen) == 1)
        if is_other and len(chosen) == 1:
            self._fill(chosen[0])
        self.comparison.show_entries(chosen)
        if is_other or any(not entry.status for entry in chosen):
            self._draw(chosen)
            self._share_out(len(chosen))
        self._say()

    @property
    def shown(self) -> list[Entry]:
        """What is shown, the oldest first."""
        return self._shown

    def _fill(self, entry: Entry) -> None:
        self.name.setText(entry.name)
        self.tags.setText(" ".join(entry.tags))
        self.note.setText(entry.note)
        self.reopen.setVisible(entry.kind in PAGES and bool(entry.status))
        keeper = self._session.keeper
        for line in (self.name, self.tags, self.note):
            line.setEnabled(keeper is not None and keeper.writer is not None)

    def _say(self) -> None:
        """Say what changed from the first to each of the others."""
        names = titles(self._shown)
        lines = [self._said_of(self._shown[0], entry) for entry in self._shown[1:]]
        if len(lines) > 1:
            lines = [
                joining.labelled(name, line) for name, line in zip(names[1:], lines, strict=True)
            ]
            lines.insert(0, _("Compared with {name}:").format(name=names[0]))
        if len(self._shown) == 1 and self._shown[0].kind == ALERT:
            lines = [advice(str(self._shown[0].facts.get("alert", "")))]
        self.said.say("\n".join(lines))
        self.said.setVisible(bool(lines))

    @staticmethod
    def _said_of(before: Entry, after: Entry) -> str:
        if before.kind != after.kind:
            return _("Another kind of work: only facts can be compared.")
        return sentence(changes(before, after), outcomes(before, after))

    def _share_out(self, count: int) -> None:
        """Give the facts of several entries more room than those of one."""
        share = min(0.42 + 0.06 * (count - 1), 0.62)
        self._beside.setSizes([round(1000 * share), round(1000 * (1 - share))])

    def _draw(self, entries: list[Entry]) -> None:
        is_training = bool(entries) and all(entry.kind == TRAINING for entry in entries)
        plots = self.plots if is_training else self.machine_plots
        self._curves.setCurrentWidget(plots)
        for stack in (self.plots.stack, self.machine_plots.stack):
            for run in stack.runs:
                stack.remove_run(run)
        history = self._history
        has_curves = False
        for entry in entries if history is not None else []:
            assert history is not None
            plots.stack.add_run(str(entry.id))
            for (panel, track), series in history.series(entry.id).items():
                if panel in plots.stack.panels:
                    plots.stack.add_curve(str(entry.id), panel, track, series, 0.0)
                    has_curves = True
        self._curves.setVisible(has_curves)
        plots.stack.settle()
        plots.stack.fit()

    @property
    def _history(self) -> History | None:
        keeper = self._session.keeper
        return keeper.history if keeper is not None else None

    def _rows_of(self, number: int) -> dict[PrecisionRow, tuple[str, float | None]]:
        whole = kept(self._history, number) if self._history is not None else None
        return rows_by_place(whole.events) if whole is not None else {}

    def _reopen(self) -> None:
        if len(self._shown) == 1:
            self.reopen_asked.emit(self._shown[0].id)

    def _describe(self) -> None:
        keeper = self._session.keeper
        if keeper is None or keeper.writer is None or len(self._shown) != 1:
            return
        entry = self._shown[0]
        said = (self.name.text().strip(), tuple(self.tags.text().split()), self.note.text().strip())
        if said != (entry.name, entry.tags, entry.note):
            keeper.writer.describe(entry.id, name=said[0], tags=said[1], note=said[2])

    def _label_of(self, run: str) -> str:
        by_number = {
            str(entry.id): name
            for entry, name in zip(self._shown, titles(self._shown), strict=True)
        }
        return by_number.get(run, run)
