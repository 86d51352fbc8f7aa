"""One run of an agent: started, followed, stopped in steps, its outcome told."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from accelgui.model import PROTOCOL
from accelgui.model.events import Event, Hello, WorkDone, WorkFailed, decode
from accelgui.model.outcome import FailureKind, RunOutcome, RunStatus
from accelgui.model.wire import WireError
from accelgui.runs import launch
from accelgui.runs.paths import new_log_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accelgui.runs.launch import AgentCommand

_TICK_S = 0.1
# The last lines of a process may be read only after it has ended; a child of its own that keeps
# stdout open must not hold up its end for longer.
_LAST_WORDS_S = 0.5
# A line longer than this is no event of ours; the rest of it is skipped without being kept.
_LINE_LIMIT_BYTES = 4 << 20
# Holds back an agent that floods: the pipe fills up and it waits.
_QUEUED_LINES = 2000
_BATCH_SIZE = 500


@dataclass(frozen=True)
class Limits:
    """How long to wait: for the first word, for any word, and for each step of stopping.

    The steps of stopping add up to less than the 3 s in which a stopped run has to be gone.
    """

    hello_s: float = 20.0
    silence_s: float = 120.0
    total_s: float | None = None
    close_s: float = 1.5
    terminate_s: float = 0.7


class AgentRun:
    """Start an agent and follow it to its end.

    Iterate over `events()` on a thread that may wait; `stop()` and `tell()` may be called from any
    thread and never wait. `outcome` is set when the iteration has ended.
    """

    def __init__(self, command: AgentCommand, limits: Limits | None = None) -> None:
        self.command = command
        self.outcome: RunOutcome | None = None
        self.log_path: Path | None = None
        self.garbage_lines = 0
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes | None] = queue.Queue(_QUEUED_LINES)
        self._stop_asked = threading.Event()
        self._given_up: str | None = None
        self._hello: Hello | None = None
        self._failed: WorkFailed | None = None
        self._done: WorkDone | None = None
        self._started_s = 0.0

    @property
    def pid(self) -> int | None:
        """The process id of the agent, once it was started."""
        return self._process.pid if self._process else None

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
        with self.log_path.open("wb") as log:
            try:
                self._process = launch.start(self.command, log)
            except (OSError, ValueError) as error:
                self.outcome = self._ended(RunStatus.NOT_STARTED, message=_reason(error))
                return
            reader = threading.Thread(
                target=self._read, args=(self._process.stdout,), name="agent-stdout", daemon=True
            )
            reader.start()
            try:
                yield from self._gather(self._process, interval_s)
            finally:
                self._finish(self._process, reader)
        self.outcome = self._outcome(self._process)

    def _gather(self, process: subprocess.Popen[bytes], interval_s: float) -> Iterator[list[Event]]:
        batch: list[Event] = []
        yielded_s = 0.0
        for event in self._follow(process, interval_s or _TICK_S):
            if event is not None:
                batch.append(event)
            is_due = self._lines.empty() and time.monotonic() - yielded_s >= interval_s
            if batch and (is_due or len(batch) >= _BATCH_SIZE):
                yield batch
                batch = []
                yielded_s = time.monotonic()
        if batch:
            yield batch

    def _read(self, stream: IO[bytes]) -> None:
        skipping = False
        while line := stream.readline(_LINE_LIMIT_BYTES):
            whole = line.endswith(b"\n")
            if whole and not skipping:
                self._lines.put(line)
            elif not whole and not skipping:
                self.garbage_lines += 1
            skipping = not whole
        self._lines.put(None)

    def _follow(self, process: subprocess.Popen[bytes], tick_s: float) -> Iterator[Event | None]:
        """Yield each event as it comes, and None where a line held none or none came in a tick."""
        heard_s = time.monotonic()
        ended_s: float | None = None
        stopping: _Stopping | None = None
        while True:
            line = self._next_line(tick_s)
            if line is None:
                break
            if line:
                heard_s = time.monotonic()
            yield self._take(line) if line else None
            if stopping is None and self._should_stop(heard_s):
                stopping = _Stopping(process, self._limits)
            if stopping is not None:
                stopping.step()
            if not line and process.poll() is not None:
                ended_s = ended_s or time.monotonic()
                if time.monotonic() - ended_s > _LAST_WORDS_S:
                    break

    def _next_line(self, tick_s: float) -> bytes | None:
        try:
            return self._lines.get(timeout=tick_s)
        except queue.Empty:
            return b""

    def _take(self, line: bytes) -> Event | None:
        try:
            event = decode(line.decode())
        except (WireError, UnicodeDecodeError):
            self.garbage_lines += 1
            return None
        match event:
            case Hello():
                self._hello = event
                if event.protocol != PROTOCOL:
                    self._give_up(f"agent speaks protocol {event.protocol}, not {PROTOCOL}")
                    return None
            case WorkFailed():
                self._failed = event
            case WorkDone():
                self._done = event
        return event if self._hello is not None else None

    def _should_stop(self, heard_s: float) -> bool:
        now_s = time.monotonic()
        limits = self._limits
        if self._hello is None and now_s - self._started_s > limits.hello_s:
            self._give_up(f"no answer within {limits.hello_s:g} s")
        elif now_s - heard_s > limits.silence_s:
            self._give_up(f"silent for {limits.silence_s:g} s")
        elif limits.total_s is not None and now_s - self._started_s > limits.total_s:
            self._give_up(f"not done within {limits.total_s:g} s")
        return self._stop_asked.is_set() or self._given_up is not None

    def _give_up(self, reason: str) -> None:
        self._given_up = self._given_up or reason

    def _finish(self, process: subprocess.Popen[bytes], reader: threading.Thread) -> None:
        """Leave no process, thread or pipe behind, however the iteration ended."""
        stopping = _Stopping(process, self._limits)
        while process.poll() is None:
            stopping.step()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_TICK_S)
        kill_group(process.pid)
        while reader.is_alive():
            with contextlib.suppress(queue.Empty):
                self._lines.get(timeout=_TICK_S)
        reader.join()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()

    def _outcome(self, process: subprocess.Popen[bytes]) -> RunOutcome:  # noqa: PLR0911 - One each.
        code = process.returncode
        if self._given_up is not None:
            status = RunStatus.NO_ANSWER if "protocol" not in self._given_up else RunStatus.FAILED
            return self._ended(status, code, message=self._given_up)
        if self._failed is not None:
            return self._ended(
                RunStatus.FAILED, code, message=self._failed.message, failure=self._failed.kind
            )
        if self._stop_asked.is_set() or (self._done is not None and self._done.stopped):
            return self._ended(RunStatus.STOPPED, code)
        if code < 0:
            return self._ended(RunStatus.KILLED, code, message=self._last_words())
        if self._hello is None:
            return self._ended(RunStatus.NOT_STARTED, code, message=self._last_words())
        if self._done is None or code != 0:
            return self._ended(RunStatus.FAILED, code, message=self._last_words())
        return self._ended(RunStatus.FINISHED, code)

    def _ended(
        self,
        status: RunStatus,
        code: int | None = None,
        message: str | None = None,
        failure: FailureKind | None = None,
    ) -> RunOutcome:
        return RunOutcome(
            status=status,
            elapsed_s=time.monotonic() - self._started_s,
            exit_code=code if code is not None and code >= 0 else None,
            signal=-code if code is not None and code < 0 else None,
            message=message,
            failure=failure,
            log_path=str(self.log_path),
        )

    def _last_words(self) -> str | None:
        lines = log_tail(self.log_path)
        return lines[-1] if lines else None


class _Stopping:
    """The steps of stopping a process; call `step` now and then until it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._terminate_at_s = time.monotonic() + limits.close_s
        self._kill_at_s = self._terminate_at_s + limits.terminate_s
        self._terminated = False
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def step(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._kill_at_s:
            kill_group(self._process.pid)
            self._process.kill()
        elif now_s >= self._terminate_at_s and not self._terminated:
            self._terminated = True
            self._process.terminate()


def kill_group(pid: int) -> None:
    """Kill what is left of the session that the agent leads, its children included."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def log_tail(path: Path | None, limit_bytes: int = 64 << 10) -> list[str]:
    """Return the last non-empty lines of a log, [] where it cannot be read."""
    if path is None:
        return []
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - limit_bytes))
            text = log.read().decode(errors="replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
