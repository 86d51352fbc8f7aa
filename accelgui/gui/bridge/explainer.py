"""Read a log on a thread of its own."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from accelgui.words import _
from accelgui.words.explained import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from accelgui.diagnosis.logs import Gap

# More than this is read, not shown: a text widget lays out every line, and a line without end
# keeps it busy for seconds.
SHOWN_AT_MOST_BYTES = 1 << 20
SHOWN_LINE_CHARACTERS = 2000


class Explainer(QThread):
    """Explain one log, given as text or as the path of a file.

    Signals: `shown(str)` first, with the text of a file that is short enough to be looked at;
    `read(float)`, the share read so far; then one of `explained(Explanation)` and
    `failed(str)`, the latter in words, when the file cannot be read. Nothing once it was stopped.
    """

    shown = Signal(str)
    read = Signal(float)
    explained = Signal(object)
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
            explained = explain(self._blocks(), name, self._is_wanted)
        except OSError as error:
            if self._is_wanted():
                self.failed.emit(unreadable(self._source, error))
            return
        if self._is_wanted():
            self.explained.emit(explained)

    def _is_wanted(self) -> bool:
        return not self.isInterruptionRequested()

    def _blocks(self) -> Iterator[bytes | Gap]:
        if self._text is not None:
            yield self._text.encode("utf-8", "replace")
            return
        path = Path(self._source)
        # A pipe that nobody writes to would never open, and a device never end.
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise OSError(_("it is no file"))
        with path.open("rb") as stream:
            yield from self._file(stream, path.stat().st_size)

    def _file(self, stream: IO[bytes], size: int) -> Iterator[bytes | Gap]:
        from accelgui.diagnosis.logs import read_blocks, whole  # noqa: PLC0415

        if size <= SHOWN_AT_MOST_BYTES:
            data = stream.read(SHOWN_AT_MOST_BYTES)
            if self._is_wanted():
                self.shown.emit(_with_short_lines(whole(data)))
            yield data
            return
        for block in read_blocks(stream):
            if not self._is_wanted():
                return
            yield block
            self.read.emit(min(1.0, stream.tell() / size))


def _with_short_lines(text: str) -> str:
    limit = SHOWN_LINE_CHARACTERS
    lines = (line if len(line) <= limit else f"{line[:limit]}…" for line in text.split("\n"))
    return "\n".join(lines)


def can_be_shown(text: str) -> bool:
    """Say whether a text widget shows a text without keeping the window waiting."""
    if len(text) > SHOWN_AT_MOST_BYTES:
        return False
    return max(map(len, text.split("\n"))) <= 10 * SHOWN_LINE_CHARACTERS
