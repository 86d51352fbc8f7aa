"""One process of a training, started and heard by the agent that answers for the run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from accelgui.model.events import WorkDone, WorkFailed, decode
from accelgui.model.wire import WireError, to_json

if TYPE_CHECKING:
    import queue

    from accelgui.model.events import Event
    from accelgui.model.requests import ReplicaRequest

# distributed/child.py lies four folders below the agent's.
_AGENT = Path(__file__).resolve().parents[3]

_LOOPBACK = "127.0.0.1"
_END_S = 2.0


def address_variables() -> dict[str, str]:
    """Return where the processes of one machine find each other: on its loopback alone.

    The variables are those that torchrun sets.
    """
    with socket.socket() as free:
        free.bind((_LOOPBACK, 0))
        port = free.getsockname()[1]
    return {
        "MASTER_ADDR": _LOOPBACK,
        "MASTER_PORT": str(port),
        "GLOO_SOCKET_IFNAME": _loopback_interface(),
        "NCCL_SOCKET_IFNAME": _loopback_interface(),
    }


def _loopback_interface() -> str:
    return "lo0" if sys.platform == "darwin" else "lo"


class Child:
    """A started process; what it tells goes into the queue with its local rank, None at its end."""

    def __init__(
        self,
        request: ReplicaRequest,
        variables: dict[str, str],
        events: queue.Queue[tuple[int, Optional[Event]]],
    ) -> None:
        self._rank = request.local_rank
        self._events = events
        self._is_done = False
        self._lock = threading.Lock()
        text = json.dumps(to_json(request), separators=(",", ":"))
        self._process = subprocess.Popen(
            _guarded([sys.executable, "-u", str(_AGENT), "replica", text]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **variables},
        )
        self.is_alive = True
        self._reader = threading.Thread(target=self._read, name=f"replica-{self._rank}")
        self._reader.daemon = True
        self._reader.start()

    def stop(self) -> None:
        """Ask it to end."""
        with self._lock, contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()

    def tell(self, command: dict[str, Any]) -> None:
        """Hand a command on."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write((json.dumps(command) + "\n").encode())
            self._process.stdin.flush()

    def end(self) -> None:
        """Leave nothing of it behind."""
        self.stop()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join(_END_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def ended_early(self) -> Optional[str]:
        """Return how it ended, None where it had come to its end; call it after the last event."""
        code = self._process.wait()
        self.is_alive = False
        if self._is_done:
            return None  # All was told; engines may fall over each other on the way out.
        if code < 0:
            return f"ended by {_signal_name(-code)}"
        return f"ended with exit code {code}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                event = decode(line.decode())
            except (WireError, UnicodeDecodeError):
                continue
            self._is_done = self._is_done or isinstance(event, (WorkDone, WorkFailed))
            self._events.put((self._rank, event))
        self._events.put((self._rank, None))


def _guarded(arguments: list[str]) -> list[str]:
    """Have the kernel end the process with this one: an engine that waits hears nothing else."""
    if sys.platform != "linux":
        return arguments
    return [sys.executable, "-I", "-S", str(_AGENT / "guard.py"), str(os.getpid()), *arguments]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
