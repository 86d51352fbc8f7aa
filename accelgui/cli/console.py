"""What goes to the terminal: results on stdout, progress and notes on stderr."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from enum import Enum
from typing import IO

from accelgui.cli.layout import wrapped

_NARROWEST, _WIDEST, _USUAL = 40, 100, 80


class Role(Enum):
    """What a piece of text means; on a terminal each has a colour beside its words."""

    GOOD = "32"
    WARNING = "33"
    BAD = "31"
    QUIET = "2"
    STRONG = "1"


class Console:
    """Writes to stdout and stderr.

    When the reader of stdout is gone (``| head``), what follows is dropped and `closed` is set.
    """

    def __init__(self, out: IO[str] | None = None, notes: IO[str] | None = None) -> None:
        self._out = out or sys.stdout
        self._notes = notes or sys.stderr
        self.closed = False
        self.has_meter = self._notes.isatty()
        self._has_colours = self._out.isatty() and _wants_colours()
        self.width = _width() if self._out.isatty() else _USUAL
        # A terminal that cannot show a character shows a question mark, and not a traceback.
        for stream in (self._out, self._notes):
            if reconfigure := getattr(stream, "reconfigure", None):
                reconfigure(errors="replace")

    def line(self, text: str = "") -> None:
        """Write one line to stdout."""
        if self.closed:
            return
        try:
            self._out.write(f"{text}\n")
            self._out.flush()
        except BrokenPipeError:
            self.closed = True
            # Else Python complains once more when it flushes at its end.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())

    def paragraph(self, text: str, indent: str = "", first: str | None = None) -> None:
        """Write a text that wraps."""
        for line in wrapped(text, self.width, indent, first):
            self.line(line)

    def note(self, text: str) -> None:
        """Write one line to stderr."""
        with contextlib.suppress(BrokenPipeError):
            self._notes.write(f"{text}\n")
            self._notes.flush()

    def meter(self, text: str) -> None:
        """Show a text in place on a terminal, "" to take it away; nothing elsewhere."""
        if not self.has_meter:
            return
        with contextlib.suppress(OSError):
            self._notes.write(f"\r\x1b[K{text}")
            self._notes.flush()

    def coloured(self, text: str, role: Role) -> str:
        """Return the text with a colour, where the terminal and its owner take colours."""
        return f"\x1b[{role.value}m{text}\x1b[0m" if self._has_colours else text

    def marks(self, text: str, plain: str) -> str:
        """Return `text`, or `plain` where stdout cannot write it."""
        try:
            text.encode(getattr(self._out, "encoding", None) or "ascii")
        except (UnicodeEncodeError, LookupError):
            return plain
        return text


def _wants_colours() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _width() -> int:
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_USUAL, 24)).columns))
