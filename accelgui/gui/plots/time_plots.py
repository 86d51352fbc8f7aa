"""A stack of plots with its buttons and its menu."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from accelgui.gui.plots import export
from accelgui.gui.plots.stack import PlotStack
from accelgui.gui.theme import SPACE
from accelgui.gui.widgets import Button
from accelgui.gui.widgets.elided_label import ElidedLabel
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QAction, QKeyEvent

    from accelgui.gui.plots.specs import PanelSpec

_ZOOM_STEP = 1.25
_CURSOR_STEP = 0.02
_FINEST_READING_S = 0.01


class TimePlots(QWidget):
    """Plots on one axis of time, with *Follow*, *Show all* and a menu to save what is shown.

    `run_label` gives the words for a run; `idle_words` what stands above while nothing is pointed
    at, `note_at` what is to be said of a moment. `bar` is the line of buttons.

    `trouble(str)` when a file could not be written, in words; "" when one was.
    """

    trouble = Signal(str)

    def __init__(
        self,
        specs: Sequence[PanelSpec],
        run_label: Callable[[str], str] = str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.stack = PlotStack(specs)
        self.stack.run_label = run_label
        self._cursor_s: float | None = None
        self.idle_words: Callable[[], str] = lambda: _("Time since the first step")
        self.note_at: Callable[[float], str] = lambda _time_s: ""
        self._build()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def _build(self) -> None:
        self._reading = ElidedLabel(kind="small")
        self._follow = Button(kind="quiet")
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._fit = Button(kind="quiet")
        self._more = Button(kind="quiet", icon="ellipsis")
        bar = self.bar = QHBoxLayout()
        bar.setSpacing(SPACE // 2)
        bar.addWidget(self._reading, 1)
        for button in (self._follow, self._fit, self._more):
            bar.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(bar)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self._follow.clicked.connect(self.stack.follow)
        self._fit.clicked.connect(self.stack.fit)
        self._more.clicked.connect(self._open_menu_below)
        self.stack.following_changed.connect(self._follow.setChecked)
        self.stack.pointed.connect(self._on_pointed)
        self.stack.menu_asked.connect(self._open_menu)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._follow.setText(_("Follow"))
        self._follow.explain(_("Let the time axis grow with the run"))
        self._fit.setText(_("Show all"))
        self._fit.explain(_("Show the whole run (double click)"), "Home")
        self._more.explain(_("Save picture or values"))
        self.setAccessibleName(_("Plots over time"))
        self._on_pointed(self._cursor_s)
        self.stack.retranslate()

    def menu(self) -> QMenu:
        """Return the menu of a right click."""
        menu = QMenu(self)
        menu.addAction(_("Show all")).triggered.connect(self.stack.fit)
        follow = menu.addAction(_("Follow"))
        follow.setCheckable(True)
        follow.setChecked(self.stack.is_following)
        follow.triggered.connect(self.stack.follow)
        menu.addSeparator()
        for words, kind in (
            (_("Save picture (PNG)…"), "png"),
            (_("Save picture (SVG)…"), "svg"),
            (_("Save all values (CSV)…"), "csv"),
            (_("Save values in view (CSV)…"), "view.csv"),
            (_("Save all values (JSON)…"), "json"),
        ):
            self._add_save(menu.addAction(words), kind)
        return menu

    def save(self, kind: str, path: Path) -> None:
        """Write "png", "svg", "csv", "json" or, of what is in view, "view.csv".

        Says in `trouble` where that cannot be.
        """
        self.stack.draw_now()
        picture = (self.stack.body, self.stack.ruler)
        try:
            if kind.endswith("csv"):
                span = self.stack.span
                span_s = (span.start_s, span.end_s) if kind == "view.csv" else None
                export.save_csv(self.stack.panels, self.stack.run_label, path, span_s)
            elif kind == "json":
                export.save_json(self.stack.panels, self.stack.run_label, path)
            elif kind == "svg":
                export.save_svg(picture, path)
            else:
                export.save_png(picture, path)
        except OSError as error:
            reason = error.strerror or str(error)
            self.trouble.emit(
                _("{path} cannot be written: {reason}").format(path=path, reason=reason)
            )
        else:
            self.trouble.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        span = self.stack.span
        length_s = span.end_s - span.start_s
        middle_s = self._cursor_s if self._cursor_s is not None else span.start_s + length_s / 2
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                sign = 1 if event.key() == Qt.Key.Key_Right else -1
                moved = middle_s + sign * _CURSOR_STEP * length_s
                self.stack.point_at(min(max(moved, span.start_s), span.end_s))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.stack.zoom(1 / _ZOOM_STEP, middle_s)
            case Qt.Key.Key_Minus:
                self.stack.zoom(_ZOOM_STEP, middle_s)
            case Qt.Key.Key_Home:
                self.stack.fit()
            case Qt.Key.Key_Escape if self._cursor_s is not None:
                self.stack.point_at(None)
            case _:
                super().keyPressEvent(event)

    def _add_save(self, action: QAction, kind: str) -> None:
        action.triggered.connect(lambda: self._ask_and_save(kind))

    def _ask_and_save(self, kind: str) -> None:
        ending = kind.rpartition(".")[2]
        path, _filter = QFileDialog.getSaveFileName(
            self, _("Save"), f"accelgui.{ending}", f"{ending.upper()} (*.{ending})"
        )
        if path:
            self.save(kind, Path(path))

    def _open_menu(self, position: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _open_menu_below(self) -> None:
        self._open_menu(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _on_pointed(self, time_s: float | None) -> None:
        self._cursor_s = time_s
        if time_s is None:
            self._reading.say(self.idle_words())
            return
        text = self.stack.ruler.moment_text(time_s, _FINEST_READING_S)
        words = _("Values at {time}").format(time=text)
        note = self.note_at(time_s)
        self._reading.say(f"{words} · {note}" if note else words)
