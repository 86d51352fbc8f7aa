"""JSON lines out on a private copy of stdout; stop, and small commands, in on stdin."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import deque
from typing import Any, Callable, Optional

from accelgui.model.events import Alive, Event, Progress, encode

ALIVE_INTERVAL_S = 1.0

# Work that does not notice a closed stdin in this time is ended from within. The controlling side
# stops in shorter steps; this one is for when that side is gone.
STOP_GRACE_S = 5.0

# Work that saves what it has may go on for so long after each word that it still does.
SAVING_GRACE_S = 30.0

# Work that takes no commands must not collect them without end.
_EARLY_COMMANDS = 100


class Channel:
    """The agent's one way to the controlling side.

    `stopping` is set when stdin closes or the reader is gone; long work looks at it between
    steps. Attributes and methods may be used from any thread.
    """

    def __init__(self, out_fd: int, in_fd: int) -> None:
        self.stopping = threading.Event()
        self._out_fd = out_fd
        self._in_fd = in_fd
        self._lock = threading.Lock()
        self._last_sent_s = time.monotonic()
        self._end_s = 0.0
        self._on_command: Optional[Callable[[dict[str, Any]], None]] = None
        self._early_commands: deque[dict[str, Any]] = deque(maxlen=_EARLY_COMMANDS)
        self._command_lock = threading.Lock()

    @classmethod
    def take_stdio(cls) -> Channel:
        """Take stdin and stdout for ourselves.

        fd 1 then points to stderr and fd 0 to nothing, so that prints of frameworks, C code and
        children never enter the stream of events.
        """
        sys.stdout.flush()
        out_fd, in_fd = os.dup(1), os.dup(0)
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        return cls(out_fd, in_fd)

    def start(self) -> None:
        """Begin to listen on stdin and to say that we are alive."""
        threading.Thread(target=self._listen, name="stdin", daemon=True).start()
        threading.Thread(target=self._keep_alive, name="alive", daemon=True).start()

    def send(self, event: Event) -> None:
        """Send one event; when nobody reads any more, the work is asked to stop."""
        data = (encode(event) + "\n").encode()
        with self._lock:
            self._last_sent_s = time.monotonic()
            if isinstance(event, Progress) and event.what == "save":
                self._end_s = self._last_sent_s + SAVING_GRACE_S
            try:
                while data:
                    data = data[os.write(self._out_fd, data) :]
            except OSError:
                self.stopping.set()

    def on_command(self, handler: Callable[[dict[str, Any]], None]) -> None:
        """Have each JSON object that arrives on stdin handed to `handler`, on another thread.

        Those that came while the work was still being imported are handed over now.
        """
        with self._command_lock:
            self._on_command = handler
            for command in self._early_commands:
                handler(command)
            self._early_commands.clear()

    def _listen(self) -> None:
        with os.fdopen(self._in_fd, "rb") as stream:
            for line in stream:
                self._take_command(line)
        self._end_s = max(self._end_s, time.monotonic() + STOP_GRACE_S)
        self.stopping.set()
        while (left_s := self._end_s - time.monotonic()) > 0:
            time.sleep(left_s)
        os._exit(3)

    def _take_command(self, line: bytes) -> None:
        try:
            command = json.loads(line)
        except ValueError:
            sys.stderr.write(f"agent: not a command: {line[:200]!r}\n")
            return
        if not isinstance(command, dict):
            return
        with self._command_lock:
            if self._on_command is not None:
                self._on_command(command)
            else:
                self._early_commands.append(command)

    def _keep_alive(self) -> None:
        while not self.stopping.wait(ALIVE_INTERVAL_S):
            if time.monotonic() - self._last_sent_s >= ALIVE_INTERVAL_S:
                self.send(Alive())
