"""Which Python is examined, and a menu of others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from accelgui.gui.shell import pythons
from accelgui.gui.widgets.button import Button
from accelgui.gui.widgets.elided_label import plain_tooltip
from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.gui.session import Session


class PythonChooser(Button):
    """Shows the examined Python; `refused(str)` says in words why a choice cannot be."""

    refused = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(kind="secondary", icon="terminal", parent=parent)
        self._session = session
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.setMenu(self._menu)
        session.python_changed.connect(self.retranslate)
        session.snapshot_changed.connect(self.retranslate)
        self.retranslate()

    def choose(self, python: str) -> None:
        """Examine another Python, or say why not."""
        problem = pythons.problem_with(python)
        self.refused.emit(problem or "")
        if problem is None:
            self._session.choose_python(python)

    def retranslate(self) -> None:
        """Show the examined Python in the words of the current language."""
        python = self._session.python
        snapshot = self._session.snapshot
        facts = snapshot.python if snapshot else None
        name = pythons.shortened(pythons.short_name(python))
        version = f"Python {facts.version}" if facts else "Python"
        self.setText(f"{version} · {name}".replace("&", "&&") + "  ▾")
        self.setAccessibleName(_("Python to examine: {path}").format(path=python))
        self.setToolTip(
            _("Python to examine: {path}").format(path=plain_tooltip(pythons.with_tilde(python)))
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        for python in pythons.found(self._session.settings.recent_pythons):
            action = QAction(_menu_name(python), self._menu, checkable=True)
            action.setChecked(python == self._session.python)
            action.triggered.connect(lambda _checked=False, python=python: self.choose(python))
            group.addAction(action)
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(_("Choose another Python…"), self._browse)

    def _browse(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, _("Choose the Python program to examine"), self._session.python
        )
        if path:
            self.choose(path)


def _menu_name(python: str) -> str:
    path = pythons.with_tilde(python).replace("&", "&&")
    if python == sys.executable:
        return _("{path} (runs accelgui)").format(path=path)
    return path
