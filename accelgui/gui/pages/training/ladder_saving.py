"""Saves a ladder as a picture or as values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu

from accelgui.exports import ladder as exported
from accelgui.gui.plots import export
from accelgui.gui.widgets import Button
from accelgui.words import _

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from accelgui.gui.pages.training.ladder_stage import LadderStage

KINDS = ("png", "svg", "csv", "json")


class LadderSaving(Button):
    """A button with a menu; `trouble(str)` when a file could not be written, "" when one was."""

    trouble = Signal(str)

    def __init__(self, stage: LadderStage) -> None:
        super().__init__(kind="quiet", icon="ellipsis")
        self._stage = stage
        self.clicked.connect(self._open_menu)

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.explain(_("Save picture or values"))

    def menu_of_kinds(self) -> QMenu:
        """Return the menu, one action for each of KINDS."""
        menu = QMenu(self)
        for words, kind in zip(
            (
                _("Save picture (PNG)…"),
                _("Save picture (SVG)…"),
                _("Save all values (CSV)…"),
                _("Save all values (JSON)…"),
            ),
            KINDS,
            strict=True,
        ):
            self._add_save(menu.addAction(words), kind)
        return menu

    def save(self, kind: str, path: Path) -> None:
        """Write "png", "svg", "csv" or "json"; says in `trouble` where that cannot be."""
        try:
            if kind == "png":
                export.save_png((self._stage.view.content,), path)
            else:
                path.write_text(self._text(kind), encoding="utf-8", newline="")
        except OSError as error:
            text = _("{path} cannot be written: {reason}")
            self.trouble.emit(text.format(path=path, reason=error.strerror or error))
        else:
            self.trouble.emit("")

    def _text(self, kind: str) -> str:
        stage = self._stage
        if kind == "csv":
            return exported.csv_text(stage.rungs)
        if kind == "json":
            return exported.json_text(stage.started, stage.rungs)
        return exported.svg_text(stage.started, stage.rungs)

    def _add_save(self, action: QAction, kind: str) -> None:
        action.triggered.connect(lambda: self._ask_and_save(kind))

    def _ask_and_save(self, kind: str) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self, _("Save"), f"accelgui-ladder.{kind}", f"{kind.upper()} (*.{kind})"
        )
        if path:
            self.save(kind, Path(path))

    def _open_menu(self) -> None:
        menu = self.menu_of_kinds()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
