"""Stopping a process in steps: close stdin, terminate, kill, each after a grace."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


@dataclass(frozen=True)
class Graces:
    """How long each step waits for the next.

    They add up to less than the 3 s in which a stopped run has to be gone.
    """

    close_s: float = 1.5
    terminate_s: float = 0.7


class Stopping:
    """The stopping of one process, begun; call `step` now and then until it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], graces: Graces) -> None:
        self._process = process
        self._terminate_at_s = time.monotonic() + graces.close_s
        self._kill_at_s = self._terminate_at_s + graces.terminate_s
        self._terminated = False
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def step(self) -> None:
        """Take the step that is due; never waits."""
        now_s = time.monotonic()
        if now_s >= self._kill_at_s:
            kill_group(self._process.pid)
            self._process.kill()
        elif now_s >= self._terminate_at_s and not self._terminated:
            self._terminated = True
            self._process.terminate()


def kill_group(pid: int) -> None:
    """Kill what is left of the session that the process leads, its children included."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
