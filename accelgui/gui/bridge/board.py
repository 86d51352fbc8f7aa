"""TensorBoard for the window: started, followed and ended on a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from accelgui.runs import board

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Board(QThread):
    """Shows the runs below a folder, with the first of several Pythons that has TensorBoard.

    Signals: `served(str)` with the address when it can be opened; `failed(BoardEnding)` when there
    is none, or none any more. It ends when an interruption is requested.
    """

    served = Signal(str)
    failed = Signal(object)

    def __init__(self, folder: Path, pythons: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        # The session ends and awaits all its children of this name.
        self.setObjectName("reader")
        self._folder = folder
        self._pythons = pythons

    def run(self) -> None:
        """Follow the process; the thread's own work."""
        for python in self._pythons:
            ending = board.serve(
                self._folder, python, self.served.emit, self.isInterruptionRequested
            )
            if ending is None or not ending.is_not_installed:
                break
        if ending is not None:
            self.failed.emit(ending)
