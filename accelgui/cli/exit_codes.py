"""Exit codes, everywhere the same."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit code of a command says. A failed start is never good."""

    GOOD = 0
    WARNINGS = 1
    BAD = 2
    # EX_USAGE and EX_SOFTWARE of sysexits.h.
    USAGE = 64
    DEFECT = 70
