"""Become the given command, having asked the kernel to kill it when the one who started us dies.

A closed stdin ends an agent that listens; this ends one that no longer does, also after
``kill -9`` of the window. Linux only: elsewhere the command just runs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Replace this process by ``arguments[1:]``; ``arguments[0]`` is the expected parent's pid."""
    parent = int(arguments[0])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)  # The parent died before we asked.
    try:
        os.execv(arguments[1], arguments[1:])
    except OSError as error:
        sys.exit(f"{arguments[1]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
