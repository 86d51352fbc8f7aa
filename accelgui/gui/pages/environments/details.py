"""What is known of the environment that is chosen in the table, and a way to examine it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from accelgui.diagnosis.environments import CellStatus
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.card import Card
from accelgui.gui.widgets.label import Label
from accelgui.words import _, joining
from accelgui.words.environments import module_name, module_words, problem, reason, status_words
from accelgui.words.frameworks import framework_name

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from accelgui.diagnosis.environments import Cell
    from accelgui.runs.environment_check import EnvironmentRow


class EnvironmentDetails(Card):
    """The chosen row in words; `examine_asked(str)` with its Python when that is asked for."""

    examine_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, is_compact=True)
        self.examine = Button(kind="primary", icon="search")
        self.header.addWidget(self.examine)
        self._path = Label(kind="muted", selectable=True)
        self._words = Label(selectable=True)
        self.body.addWidget(self._path)
        self.body.addWidget(self._words)
        self._python = ""
        self._is_examined = False
        self.examine.clicked.connect(lambda: self.examine_asked.emit(self._python))
        self.retranslate()

    def show_row(self, row: EnvironmentRow, found: tuple[Cell, ...], *, is_examined: bool) -> None:
        """Show one environment; of the one that is examined the overview says what to do."""
        self._python = row.environment.python
        python = row.snapshot.python if row.snapshot else None
        version = f" · Python {python.version}" if python else ""
        self.set_title(f"{row.environment.name}{version}")
        self._path.say(row.environment.python)
        self._words.say("\n".join(_lines(row, found)))
        self._is_examined = is_examined
        self.retranslate()
        self.show()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        if self._is_examined:
            self.examine.setText(_("Show on the overview"))
            self.examine.setToolTip(_("There stand the cause and what to do."))
        else:
            self.examine.setText(_("Examine this Python"))
            self.examine.setToolTip(_("All pages then speak of this Python."))


def _lines(row: EnvironmentRow, found: tuple[Cell, ...]) -> list[str]:
    if row.is_done and row.snapshot is None:
        return [problem(row.problem)]
    lines = []
    for cell in found:
        words = status_words(cell.status.value, cell.version, cell.device)
        why = reason(cell.finding) if cell.status is not CellStatus.ACCELERATES else ""
        name = framework_name(cell.framework)
        said = joining.sentences((joining.full_stop(words), why)) if why else words
        lines.append(joining.labelled(name, said))
    for module in row.modules:
        if module.present:
            told = " · ".join(filter(None, (module_words(module), module.details, module.error)))
            lines.append(joining.labelled(module_name(module.name), told))
    return lines
