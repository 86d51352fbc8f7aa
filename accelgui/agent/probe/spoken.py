"""What is written to this process's stderr, by Python or by native code, read back."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from typing import IO, Optional


class Spoken:
    """Reads back fd 2 from the moment of its making.

    An agent's stderr is the log file of its run: the text goes straight there, so that it is
    complete when the process is killed in the middle, and is read from there. Where stderr is
    something else (a terminal, a pipe) it goes through a temporary file and is passed on by
    `close`.
    """

    def __init__(self) -> None:
        sys.stderr.flush()
        self._real_fd: Optional[int] = None
        self._file = self._log() or self._temporary()

    def lines(self, limit: int) -> tuple[str, ...]:
        """Return the last `limit` lines written so far, without empty ones."""
        text = self._text().decode(errors="replace")
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return tuple(lines[-limit:])

    def close(self) -> None:
        """Give stderr back, with all that was written in the meantime."""
        text = self._text()
        self._file.close()
        if self._real_fd is not None:
            os.dup2(self._real_fd, 2)
            os.close(self._real_fd)
            self._real_fd = None
            os.write(2, text)

    def _text(self) -> bytes:
        sys.stderr.flush()
        self._file.seek(self._start)
        return self._file.read()

    def _log(self) -> Optional[IO[bytes]]:
        """Open the log for reading; None where stderr is no file, or the system has no /proc."""
        status = os.fstat(2)
        if not stat.S_ISREG(status.st_mode):
            return None
        try:
            log = open("/proc/self/fd/2", "rb")  # noqa: PTH123, SIM115 - Closed by `close`.
        except OSError:
            return None
        self._start = status.st_size
        return log

    def _temporary(self) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - Closed by `close`.
        self._start = 0
        self._real_fd = os.dup(2)
        os.dup2(file.fileno(), 2)
        return file
