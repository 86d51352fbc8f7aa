"""One attempt at a batch in a process of its own, which gives all memory back when it ends."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from enum import Enum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Optional

from accelgui.agent.failures import WorkError
from accelgui.model.events import WorkDone, WorkFailed, decode
from accelgui.model.outcome import FailureKind
from accelgui.model.wire import WireError, to_json

if TYPE_CHECKING:
    from accelgui.model.events import Event
    from accelgui.model.requests import TrainingRequest

# agent/workloads/training/trial.py lies two folders below the agent.
_AGENT = Path(__file__).resolve().parents[2]

_LOOK_S = 0.1
# Whoever follows us terminates us 1.5 s after a stop.
_LEAVE_S = 0.7


class Answer(str, Enum):
    """What an attempt came to."""

    FITS = "fits"
    TOO_LARGE = "too_large"
    INTERRUPTED = "interrupted"


def attempt(request: TrainingRequest, stopping: threading.Event, until_s: float) -> Answer:
    """Have a new agent try the request; raises WorkError where it cannot be asked like that.

    One that fails in other words, or is killed, counts as one that found no memory: libraries
    within the frameworks have words of their own for that, or crash, and a system short of memory
    ends who has most.
    """
    process = subprocess.Popen(
        [sys.executable, "-u", str(_AGENT), "try_batch", json.dumps(to_json(request))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    lines: queue.Queue[Optional[bytes]] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), name="trial", daemon=True)
    reader.start()
    last: Optional[Event] = None
    try:
        while True:
            if stopping.is_set() or time.monotonic() > until_s:
                return Answer.INTERRUPTED
            with contextlib.suppress(queue.Empty):
                line = lines.get(timeout=_LOOK_S)
                if line is None:
                    break
                last = _event(line) or last
        return _answer(last, process.wait())
    finally:
        _end(process)


def _read(stream: IO[bytes], lines: queue.Queue[Optional[bytes]]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _event(line: bytes) -> Optional[Event]:
    try:
        return decode(line.decode())
    except (WireError, UnicodeDecodeError):
        return None


def _answer(last: Optional[Event], exit_code: int) -> Answer:
    if isinstance(last, WorkDone) and exit_code == 0:
        return Answer.INTERRUPTED if last.stopped else Answer.FITS
    if isinstance(last, WorkFailed):
        if last.kind is FailureKind.ENVIRONMENT:
            return Answer.TOO_LARGE
        raise WorkError(last.message, last.code, last.parameters)
    if exit_code < 0:
        return Answer.TOO_LARGE
    raise WorkError(f"the attempt ended with exit code {exit_code}")


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_LEAVE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
