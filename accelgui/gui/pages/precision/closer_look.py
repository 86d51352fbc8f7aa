"""One row more closely: how far off, where, and the worst element bit by bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from accelgui.gui.plots.heat_map import HeatMap
from accelgui.gui.plots.histogram import Histogram
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Card, CodeBlock, CopyButton, Label
from accelgui.words import _
from accelgui.words.precision import worst_element

if TYPE_CHECKING:
    from accelgui.model.precision_events import PrecisionRow


class CloserLook(Card):
    """Histogram and heat map of the chosen row, its worst element, and a script to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self._row: PrecisionRow | None = None
        self.histogram, self.heat = Histogram(), HeatMap()
        self._meaning = Label(kind="muted")
        self.numbers = CodeBlock()
        self._script_hint = Label(kind="small")
        self.copy = CopyButton(lambda: self.script)
        pictures = QHBoxLayout()
        pictures.setSpacing(2 * SPACE)
        pictures.addWidget(self.histogram)
        pictures.addWidget(self.heat)
        script = QHBoxLayout()
        script.addWidget(self._script_hint, 1)
        script.addWidget(self.copy)
        self.body.addWidget(self._meaning)
        self.body.addLayout(pictures)
        self.body.addWidget(self.numbers)
        self.body.addLayout(script)
        self.show_row(None)

    @property
    def script(self) -> str:
        """The reproducer of the chosen row; empty where there is none."""
        detail = self._row.detail if self._row is not None else None
        return detail.reproducer if detail is not None else ""

    def show_row(self, row: PrecisionRow | None) -> None:
        """Show another row, or nothing."""
        self._row = row
        detail = row.detail if row is not None else None
        self.setVisible(detail is not None and bool(detail.histogram))
        if row is None or detail is None:
            return
        self.set_title(_("A closer look"))
        self._meaning.say(
            _(
                "Computers keep a fixed number of digits. The unit of the last digit (ULP) is the "
                "smallest step between two such numbers; one correct rounding is at most half a "
                "unit off, a sum of many numbers a few units."
            )
        )
        self.histogram.show_counts(detail.histogram)
        self.heat.show_cells(detail.heat, detail.heat_shape)
        self.numbers.setPlainText(worst_element(detail))
        has_script = bool(detail.reproducer)
        self._script_hint.say(
            _("A script that shows the same element with nothing but the framework:")
        )
        self._script_hint.setVisible(has_script)
        self.copy.setVisible(has_script)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.show_row(self._row)
