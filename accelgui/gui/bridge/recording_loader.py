"""Read a recording on a thread of its own."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from accelgui.model.sample import Sample
from accelgui.telemetry import Store
from accelgui.telemetry.recording import Header, NotARecordingError, read
from accelgui.telemetry.series import DEFAULT_LIMIT
from accelgui.words import _

if TYPE_CHECKING:
    from pathlib import Path

# Of a recording all points are kept, so that it can be zoomed into and saved whole, as long as
# they take no more memory than this: an hour of eight GPUs at 10 Hz takes 100 MB.
_MOST_POINTS = 16_000_000
_ENTRIES_READ_FIRST = 200


class RecordingLoader(QThread):
    """`loaded(Header, Store)` when all is read, `failed(str)` with words for a person."""

    loaded = Signal(object, object)
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path

    def stop(self) -> None:
        """Ask the reading to end; never waits."""
        self.requestInterruption()

    def run(self) -> None:
        """Read the file; the thread's own work."""
        try:
            self._read()
        except NotARecordingError as error:
            self.failed.emit(_reason(error).format(path=self.path))
        except OSError as error:
            text = _("{path} cannot be read: {reason}")
            self.failed.emit(text.format(path=self.path, reason=error.strerror))

    def _read(self) -> None:
        store, header = Store(_limit(self.path)), Header(0.0)
        for entry in read(self.path):
            if self.isInterruptionRequested():
                return
            if isinstance(entry, Header):
                header = entry
            elif isinstance(entry[1], Sample):
                store.take(entry[1], entry[0])
            else:
                store.mark(entry[1])
        self.loaded.emit(header, store)


def _limit(path: Path) -> int:
    """Return how many points each series may have, by how many series the beginning speaks of."""
    names: dict[str, set[str]] = {}
    for entry in islice(read(path), _ENTRIES_READ_FIRST):
        if not isinstance(entry, Header) and isinstance(entry[1], Sample):
            names.setdefault(entry[1].device, set()).update(entry[1].values)
    series = sum(len(told) for told in names.values())
    return max(DEFAULT_LIMIT, _MOST_POINTS // max(series, 1))


def _reason(error: NotARecordingError) -> str:
    if error.reason == "newer":
        return _("{path} was recorded by a newer accelgui, which this one does not understand.")
    return _("{path} is not a recording of accelgui.")
