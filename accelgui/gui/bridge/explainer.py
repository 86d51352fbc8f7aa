"""Read a log on a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK_BYTES = 1 << 21


class Explainer(QThread):
    """Explain one log, given as text or as the path of a file.

    Signals: `read(float)`, the share read so far; `explained(tuple[Finding, ...])` once, unless
    it was stopped; `failed(str)` when the file cannot be read, with the system's reason.
    """

    read = Signal(float)
    explained = Signal(tuple)
    failed = Signal(str)

    def __init__(self, source: str, text: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._text = text

    def stop(self) -> None:
        """Ask it to end; never waits. Nothing is told any more."""
        self.requestInterruption()

    def run(self) -> None:
        """Read and weigh; the thread's own work."""
        # Its expressions take a moment to compile, which is no moment of the window's.
        from accelgui.diagnosis.logs import explain  # noqa: PLC0415

        name = self._source if self._text is not None else Path(self._source).name
        try:
            findings = explain(self._blocks(), name).findings
        except OSError as error:
            self.failed.emit(error.strerror or str(error))
            return
        if not self.isInterruptionRequested():
            self.explained.emit(findings)

    def _blocks(self) -> Iterator[bytes]:
        if self._text is not None:
            yield self._text.encode("utf-8", "replace")
            return
        size = max(1, Path(self._source).stat().st_size)
        done = 0
        with Path(self._source).open("rb") as stream:
            while (block := stream.read(_BLOCK_BYTES)) and not self.isInterruptionRequested():
                yield block
                done += len(block)
                self.read.emit(min(1.0, done / size))
