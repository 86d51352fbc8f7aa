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

    They add up to less than the 3 s in which a stopped run has to be gone; a run that saves what
    it has gets `saving_s` from each word that it still does, `saving_total_s` in all.
    """

    close_s: float = 1.5
    terminate_s: float = 0.7
    saving_s: float = 30.0
    saving_total_s: float = 600.0


class Stopping:
    """The stopping of one process, begun; call `step` now and then until it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], graces: Graces) -> None:
        self._process = process
        self._graces = graces
        self._began_s = time.monotonic()
        self._terminate_at_s = self._began_s + graces.close_s
        self._kill_at_s = self._terminate_at_s + graces.terminate_s
        self._terminated = False
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def wait_for_saving(self, told_s: float) -> None:
        """Let it go on saving, of which it told at `told_s` on the monotonic clock."""
        graces = self._graces
        end_s = min(told_s + graces.saving_s, self._began_s + graces.saving_total_s)
        self._terminate_at_s = max(self._terminate_at_s, end_s)
        self._kill_at_s = self._terminate_at_s + graces.terminate_s

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
