"""Follows a process apart, line by line, and gives it up when it falls silent."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from collections.abc import Iterator

_APART = Path(__file__).resolve().parent / "apart"

# A process in an uninterruptible driver call does not even die; it is left to the kernel.
_LAST_WAIT_S = 0.5


class Child:
    """A process that asks one driver library.

    Iterate over it; afterwards `timed_out`, `exit_code` (negative: killed by that signal) and
    `last_call` say how it ended.
    """

    def __init__(self, library: str, arguments: list[str], silence_s: float) -> None:
        self.timed_out = False
        self.exit_code: Optional[int] = None
        self.last_call: Optional[str] = None
        self._command = [sys.executable, str(_APART), library, *arguments]
        self._silence_s = silence_s
        self._lines: queue.Queue[Optional[str]] = queue.Queue()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout is not None
        reader = threading.Thread(
            target=self._read, args=(process.stdout,), name="apart", daemon=True
        )
        reader.start()
        try:
            yield from self._follow()
        finally:
            self._end(process)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put(None)

    def _follow(self) -> Iterator[dict[str, Any]]:
        while True:
            try:
                line = self._lines.get(timeout=self._silence_s)
            except queue.Empty:
                self.timed_out = True
                return
            if line is None:
                return
            try:
                event = json.loads(line)
            except ValueError:  # Half a line of a process that crashed.
                continue
            if event["kind"] == "calling":
                self.last_call = event["call"]
            else:
                yield event

    def _end(self, process: subprocess.Popen[str]) -> None:
        if self.timed_out:
            process.kill()
        for _attempt in range(2):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.exit_code = process.wait(_LAST_WAIT_S)
                return
            process.kill()
