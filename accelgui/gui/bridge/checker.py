"""Run a check on a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from accelgui.runs.check import Check


class Checker(QThread):
    """Run one check; `snapshot_changed(Snapshot)` as it grows, `finished` when it has ended."""

    snapshot_changed = Signal(object)

    def __init__(self, check: Check, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.check = check

    def stop(self) -> None:
        """Ask the check to end; never waits."""
        self.check.stop()

    def run(self) -> None:
        """Run the check; the thread's own work."""
        for snapshot in self.check.snapshots():
            self.snapshot_changed.emit(snapshot)
