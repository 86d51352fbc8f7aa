"""One run of an agent: started, followed, stopped in steps, its outcome told."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.runs import launch
from accelgui.runs.hearing import Ending, Hearing
from accelgui.runs.lines import Lines
from accelgui.runs.logs import keep_within, log_tail, new_log_path
from accelgui.runs.stopping import Graces, Stopping, kill_group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accelgui.model.events import Event
    from accelgui.runs.launch import AgentCommand

_TICK_S = 0.1
_BATCH_SIZE = 500
_LOG_INTERVAL_S = 1.0
# What an agent wrote just before its end may still be in the pipe when the end is noticed. A child
# that it left behind may hold that pipe open for ever.
_LAST_WORDS_S = 0.5


@dataclass(frozen=True)
class Limits(Graces):
    """How long to wait: for the first word, for any word, for the whole, and when stopping."""

    hello_s: float = 20.0
    silence_s: float = 120.0
    total_s: float | None = None


class AgentRun:
    """Start an agent and follow it to its end.

    Iterate over `events()` on a thread that may wait; `stop()` and `tell()` may be called from any
    thread and never wait. `outcome` is set when the iteration has ended.
    """

    def __init__(self, command: AgentCommand, limits: Limits | None = None) -> None:
        self.command = command
        self.outcome: RunOutcome | None = None
        self.log_path: Path | None = None
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._stop_asked = threading.Event()
        self._hearing = Hearing()
        self._started_s = 0.0

    @property
    def pid(self) -> int | None:
        """The process id of the agent, once it was started."""
        return self._process.pid if self._process else None

    @property
    def has_greeted(self) -> bool:
        """Whether the agent has said hello."""
        return self._hearing.has_greeted

    @property
    def garbage_lines(self) -> int:
        """How many lines were no events."""
        return self._hearing.garbage_lines

    def stop(self) -> None:
        """Ask the run to end: close stdin, then terminate, then kill, each after a grace."""
        self._stop_asked.set()

    def tell(self, command: dict[str, Any]) -> None:
        """Send a small command to the agent; a run that has ended does not hear it."""
        process = self._process
        if process and process.stdin and not process.stdin.closed:
            with contextlib.suppress(OSError, ValueError):
                process.stdin.write((json.dumps(command) + "\n").encode())
                process.stdin.flush()

    def events(self) -> Iterator[Event]:
        """Start the agent and yield its events until it has ended; then `outcome` is set."""
        for batch in self.batches():
            yield from batch

    def batches(self, interval_s: float = 0.0) -> Iterator[list[Event]]:
        """Do as `events()`, yielding what came together, at most one batch in `interval_s`."""
        self._started_s = time.monotonic()
        self.log_path = new_log_path(self.command.command)
        with self.log_path.open("ab") as log:
            try:
                process = launch.start(self.command, log)
            except (OSError, ValueError) as error:
                self.outcome = self._told(Ending(RunStatus.NOT_STARTED, _reason(error)), None)
                return
        self._process = process
        assert process.stdout is not None
        lines = Lines(process.stdout)
        try:
            yield from self._gather(process, lines, interval_s)
        finally:
            self._finish(process, lines)
            keep_within(self.log_path)
        ending = self._hearing.ending(
            process.returncode, stop_asked=self._stop_asked.is_set(), last_words=self._last_words
        )
        self.outcome = self._told(ending, process.returncode)

    def _gather(
        self, process: subprocess.Popen[bytes], lines: Lines, interval_s: float
    ) -> Iterator[list[Event]]:
        batch: list[Event] = []
        yielded_s = 0.0
        for event in self._follow(process, lines, interval_s or _TICK_S):
            if event is not None:
                batch.append(event)
            is_due = lines.none_waits and time.monotonic() - yielded_s >= interval_s
            if batch and (is_due or len(batch) >= _BATCH_SIZE):
                yield batch
                batch = []
                yielded_s = time.monotonic()
        if batch:
            yield batch

    def _follow(
        self, process: subprocess.Popen[bytes], lines: Lines, tick_s: float
    ) -> Iterator[Event | None]:
        """Yield each event as it comes, and None where a line held none or none came in a tick."""
        heard_s = time.monotonic()
        ended_s: float | None = None
        stopping: Stopping | None = None
        looked_s = 0.0
        while (line := lines.next(tick_s)) is not None:
            if line:
                heard_s = time.monotonic()
            if self.log_path is not None and time.monotonic() - looked_s > _LOG_INTERVAL_S:
                looked_s = time.monotonic()
                keep_within(self.log_path)
            yield self._hearing.take(line) if line else None
            if stopping is None and self._should_stop(heard_s):
                stopping = Stopping(process, self._limits)
            if stopping is not None:
                if self._hearing.saving_told_s is not None:
                    stopping.wait_for_saving(self._hearing.saving_told_s)
                stopping.step()
            if not line and process.poll() is not None:
                ended_s = ended_s or time.monotonic()
                if time.monotonic() - ended_s > _LAST_WORDS_S:
                    break
        self._hearing.garbage_lines += lines.too_long

    def _should_stop(self, heard_s: float) -> bool:
        for waited_s, limit_s, words in self._waits(heard_s):
            if limit_s is not None and waited_s > limit_s:
                self._hearing.give_up(RunStatus.NO_ANSWER, words.format(limit_s))
        return self._stop_asked.is_set() or self._hearing.is_given_up

    def _waits(self, heard_s: float) -> Iterator[tuple[float, float | None, str]]:
        now_s = time.monotonic()
        if not self._hearing.has_greeted:
            yield now_s - self._started_s, self._limits.hello_s, "no answer within {:g} s"
        yield now_s - heard_s, self._limits.silence_s, "silent for {:g} s"
        yield now_s - self._started_s, self._limits.total_s, "not done within {:g} s"

    def _finish(self, process: subprocess.Popen[bytes], lines: Lines) -> None:
        """Leave no process, thread or pipe behind, however the iteration ended."""
        stopping = Stopping(process, self._limits)
        while process.poll() is None:
            stopping.step()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_TICK_S)
        kill_group(process.pid)
        lines.drain()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()

    def _told(self, ending: Ending, code: int | None) -> RunOutcome:
        return RunOutcome(
            status=ending.status,
            elapsed_s=time.monotonic() - self._started_s,
            exit_code=code if code is not None and code >= 0 else None,
            signal=-code if code is not None and code < 0 else None,
            message=ending.message,
            failure=ending.failure,
            log_path=str(self.log_path),
        )

    def _last_words(self) -> str | None:
        lines = log_tail(self.log_path)
        return lines[-1] if lines else None


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
