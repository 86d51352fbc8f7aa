"""The acceleration ladder drawn: a bar for each rung, the spread on it, words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from accelgui.gui.theme import SPACE, Role, theme
from accelgui.gui.widgets import Label
from accelgui.words import _, joining
from accelgui.words import ladder as words
from accelgui.words.units import rate_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from accelgui.model.events import LadderRung

_BAR_PX = 18
_FEWEST_BAR_PX = 120


class LadderView(QScrollArea):
    """Rungs from the bottom of the ladder to its top; those to come are named already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codes: tuple[str, ...] = ()
        self._rungs: tuple[LadderRung, ...] = ()
        self.rows: dict[str, _Row] = {}
        holder = self.content = QWidget()
        holder.setObjectName("plots")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, SPACE, 0)
        self._hint = Label(kind="muted")
        self.head = QHBoxLayout()
        self.head.addWidget(self._hint, 1)
        column.addLayout(self.head)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE // 2)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.retranslate()

    def show_ladder(self, codes: Sequence[str], rungs: Sequence[LadderRung]) -> None:
        """Show the rungs that were measured among those that there are."""
        if tuple(codes) != self._codes:
            self._build(tuple(codes))
        self._rungs = tuple(rungs)
        self._say()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._hint.say(
            _(
                "The same training again and again, with one technique more each time. Bars are"
                " medians after warm-up, the line on a bar spans the middle half of the"
                " measurements."
            )
        )
        self._say()

    def _build(self, codes: tuple[str, ...]) -> None:
        for row in self.rows.values():
            row.remove()
        self._codes, self.rows = codes, {}
        for number, code in enumerate(codes):
            self.rows[code] = _Row(self._grid, 2 * number)

    def _say(self) -> None:
        told = {rung.rung: rung for rung in self._rungs}
        first = self._rungs[0] if self._rungs else None
        highs = [rung.high or rung.samples_per_second or 0.0 for rung in self._rungs]
        for code, row in self.rows.items():
            row.show_rung(code, told.get(code), first, max(highs, default=0.0))


class _Row:
    """Name, bar, rate and factor; below them what else is to know."""

    def __init__(self, grid: QGridLayout, line: int) -> None:
        self.name = Label(kind="strong", wraps=False)
        self.bar = _Bar()
        self.rate = Label(wraps=False)
        self.times = Label(kind="strong", wraps=False)
        self.remark = Label(kind="small", selectable=True)
        for column, widget in enumerate((self.name, self.bar, self.rate, self.times)):
            grid.addWidget(widget, line, column)
        for widget in (self.rate, self.times):
            widget.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.remark, line + 1, 1, 1, 3)

    def remove(self) -> None:
        """Take the row away."""
        for widget in (self.name, self.bar, self.rate, self.times, self.remark):
            widget.hide()
            widget.deleteLater()

    def show_rung(
        self, code: str, rung: LadderRung | None, first: LadderRung | None, largest: float
    ) -> None:
        """Show what a rung came to, None where it is still to come."""
        self.name.say(words.rung_name(code))
        factor = words.times(rung, first) if rung else None
        rate = rung.samples_per_second if rung else None
        self.times.say("" if factor is None else words.times_text(factor))
        self.rate.say("" if rate is None else rate_text(rate))
        self.bar.show_rung(rung if rate is not None else None, largest)
        # Qt breaks lines after a slash: "samples/" and "s" belong together.
        self.remark.say(self._remark(rung, first).replace("/", "/\N{WORD JOINER}"))
        described = [self.name.text(), self.rate.text(), self.times.text(), self.remark.text()]
        self.bar.setAccessibleName(joining.clauses(described))

    @staticmethod
    def _remark(rung: LadderRung | None, first: LadderRung | None) -> str:
        if rung is None:
            return ""
        if rung.samples_per_second is None:
            return words.reason(rung)
        spread = _("middle half {spread}").format(spread=words.spread_text(rung))
        return " · ".join(filter(None, [spread, words.remark(rung, first)]))


class _Bar(QWidget):
    """One bar from 0 to the median, with its quartiles as a line."""

    def __init__(self) -> None:
        super().__init__()
        self._rung: LadderRung | None = None
        self._largest = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_rung(self, rung: LadderRung | None, largest: float) -> None:
        """Draw a rung on an axis that ends at `largest`."""
        self._rung, self._largest = rung, largest
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_FEWEST_BAR_PX, _BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Drawn whole.
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(Role.SUNKEN))
        painter.drawRect(self.rect())
        rung = self._rung
        if rung is None or rung.samples_per_second is None or self._largest <= 0:
            return
        scale = self.width() / self._largest
        painter.setBrush(theme.color(Role.ACCENT if rung.is_kept else Role.FAINT))
        painter.drawRect(QRectF(0, 0, rung.samples_per_second * scale, self.height()))
        if rung.low is not None and rung.high is not None:
            painter.setPen(QPen(theme.color(Role.TEXT), 2))
            middle = self.height() // 2
            painter.drawLine(int(rung.low * scale), middle, int(rung.high * scale) - 1, middle)
