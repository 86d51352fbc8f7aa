"""The lines that an agent writes, read on a thread of their own."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import IO

# A line longer than this is no event of ours; the rest of it is skipped without being kept.
_LINE_LIMIT_BYTES = 4 << 20
# Holds back an agent that floods: the pipe fills up and it waits.
_QUEUED_LINES = 2000


class Lines:
    """Whole lines of a stream, bounded in length and number."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.too_long = 0
        self._stream = stream
        self._queue: queue.Queue[bytes | None] = queue.Queue(_QUEUED_LINES)
        self._thread = threading.Thread(target=self._read, name="agent-stdout", daemon=True)
        self._thread.start()

    @property
    def none_waits(self) -> bool:
        """Whether all that was read has been taken."""
        return self._queue.empty()

    def next(self, timeout_s: float) -> bytes | None:
        """Return the next line, b"" when none came in time, None at the end of the stream."""
        try:
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return b""

    def drain(self) -> None:
        """Drop what is left and end the thread; the writer has to be gone."""
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get(timeout=0.1)
        self._thread.join()

    def _read(self) -> None:
        skipping = False
        while line := self._stream.readline(_LINE_LIMIT_BYTES):
            whole = line.endswith(b"\n")
            if whole and not skipping:
                self._queue.put(line)
            elif not whole and not skipping:
                self.too_long += 1
            skipping = not whole
        self._queue.put(None)
