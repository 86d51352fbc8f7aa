"""Cards about the arithmetic of a device: its fingerprint, its training drift, its soak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from accelgui.gui.plots.drift_plot import DriftPlot
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Card, Label
from accelgui.words import _, arithmetic

if TYPE_CHECKING:
    from accelgui.model.precision import Drift, Fingerprint
    from accelgui.model.precision_events import SoakProgress

_HEADINGS = 4


class FingerprintCard(Card):
    """What is known of how the device adds, and the published values of known ones beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._fingerprint: Fingerprint | None = None
        self.likeness = Label(kind="strong", selectable=True)
        self._meaning = Label(kind="muted")
        self._facts = QGridLayout()
        self._known = QGridLayout()
        for grid in (self._facts, self._known):
            grid.setHorizontalSpacing(3 * SPACE)
            grid.setVerticalSpacing(SPACE // 2)
        self._facts.setColumnStretch(1, 1)
        self._known.setColumnStretch(_HEADINGS, 1)
        for part in (self.likeness, self._meaning):
            self.body.addWidget(part)
        self.body.addLayout(self._facts)
        self.body.addLayout(self._known)
        self.show_fingerprint(None)

    def show_fingerprint(self, fingerprint: Fingerprint | None) -> None:
        """Show another fingerprint, or nothing."""
        self._fingerprint = fingerprint
        self.setVisible(fingerprint is not None)
        _clear(self._known)
        if fingerprint is None:
            return
        self.set_title(_("Fingerprint of its arithmetic"))
        self.likeness.say(arithmetic.likeness(fingerprint))
        self._meaning.say(
            _(
                "Small sums whose result gives away how a device multiplies and adds. A surprise "
                "is no fault: it says what to expect."
            )
        )
        _fill(self._facts, arithmetic.fingerprint_facts(fingerprint))
        for y, texts in enumerate(arithmetic.known_table(fingerprint)):
            for x, text in enumerate(texts):
                kind = "muted" if y == 0 else "body"
                self._known.addWidget(Label(text, kind, wraps=False), y, x)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.show_fingerprint(self._fingerprint)


class DriftCard(Card):
    """The same training on the device and in float64, and how far they are apart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._drift: Drift | None = None
        self.text = Label(kind="muted", selectable=True)
        self.plot = DriftPlot()
        self.body.addWidget(self.text)
        self.body.addWidget(self.plot)
        self.show_drift(None)

    def show_drift(self, drift: Drift | None) -> None:
        """Show another drift, or nothing."""
        self._drift = drift
        self.setVisible(drift is not None)
        if drift is not None:
            self.set_title(_("Training drift"))
            words = arithmetic.drift_text(drift)
            self.text.say(words)
            self.plot.show_drift(drift, words)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.show_drift(self._drift)


class SoakCard(Card):
    """What a soak has compared, and what went wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._soak: SoakProgress | None = None
        self.text = Label(kind="strong", selectable=True)
        self._first = Label(kind="muted", selectable=True)
        self._conditions = QGridLayout()
        self._conditions.setHorizontalSpacing(3 * SPACE)
        self._conditions.setVerticalSpacing(SPACE // 2)
        self._conditions.setColumnStretch(1, 1)
        self.body.addWidget(self.text)
        self.body.addWidget(self._first)
        self.body.addLayout(self._conditions)
        self.show_soak(None)

    @property
    def soak(self) -> SoakProgress | None:
        """What is shown."""
        return self._soak

    @property
    def conditions(self) -> list[str]:
        """What is shown of temperature and clocks."""
        return (
            [text for _name, text in arithmetic.soak_conditions(self._soak)] if self._soak else []
        )

    def show_soak(self, soak: SoakProgress | None) -> None:
        """Show how a soak stands, or nothing."""
        self._soak = soak
        self.setVisible(soak is not None)
        if soak is None:
            return
        self.set_title(_("Soak"))
        self.text.say(arithmetic.soak_text(soak))
        first = arithmetic.first_mismatch(soak)
        self._first.say(first)
        self._first.setVisible(bool(first))
        _fill(self._conditions, arithmetic.soak_conditions(soak))

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.show_soak(self._soak)


_TOP = Qt.AlignmentFlag.AlignTop


def _fill(grid: QGridLayout, facts: list[tuple[str, str]]) -> None:
    """Show names and values, in the labels that are there where they are as many."""
    if grid.count() != 2 * len(facts):
        _clear(grid)
        for y in range(len(facts)):
            grid.addWidget(Label(kind="muted", wraps=False), y, 0, _TOP)
            grid.addWidget(Label(selectable=True), y, 1, _TOP)
    for y, texts in enumerate(facts):
        for x, text in enumerate(texts):
            item = grid.itemAtPosition(y, x)
            label = item.widget() if item is not None else None
            assert isinstance(label, Label)
            label.say(text)


def _clear(grid: QGridLayout) -> None:
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
