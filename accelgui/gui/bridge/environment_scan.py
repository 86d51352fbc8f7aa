"""Find and examine environments on a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from accelgui.runs.environment_check import EnvironmentsCheck
from accelgui.runs.environments import find_environments

if TYPE_CHECKING:
    from collections.abc import Callable

    from accelgui.model.snapshot import Machine
    from accelgui.runs.environments import Environment


class EnvironmentScan(QThread):
    """Run one look; `environments_found(list)` once, `row_changed(EnvironmentRow)` as rows grow."""

    environments_found = Signal(list)
    row_changed = Signal(object)

    def __init__(
        self,
        machine: Machine | None,
        find: Callable[[], list[Environment]] = find_environments,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._check = EnvironmentsCheck([], machine)

    def stop(self) -> None:
        """Ask the look to end; never waits."""
        self._check.stop()

    def run(self) -> None:
        """Find, then examine; the thread's own work."""
        found = self._find()
        self.environments_found.emit(found)
        self._check.environments = found
        for row in self._check.rows():
            self.row_changed.emit(row)
