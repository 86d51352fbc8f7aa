"""How long to wait for the other workers, and what to say when they do not come."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, NoReturn, Optional

from accelgui.model.events import Progress, WorkFailed
from accelgui.model.outcome import FailureKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accelgui.agent.channel import Channel

# People start the others by hand, one machine after the other. Tests wait for less.
_VARIABLE = "ACCELGUI_JOIN_TIMEOUT_S"
_JOIN_S = 300.0

_PROBE_S = 2.0

# The step of a run in which it waits for the others.
WAITING = "workers"


def join_limit_s() -> float:
    """Return how long to wait for the others."""
    return float(os.environ.get(_VARIABLE) or _JOIN_S)


@contextmanager
def waiting(channel: Channel, who_is_missing: Callable[[], str]) -> Iterator[None]:
    """End the process, with a last word, where the block takes longer than others may take to come.

    Engines that wait for the other workers cannot be interrupted, and some wait for ever.
    """
    is_over = threading.Event()

    def watch() -> None:
        limit_s = join_limit_s()
        if not is_over.wait(limit_s):
            name = who_is_missing()
            leave(channel, *missing(name, limit_s))

    channel.send(Progress(0, 1, WAITING))
    threading.Thread(target=watch, name="patience", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def missing(name: str, limit_s: float) -> tuple[str, str, dict[str, str]]:
    """Return message, code and parameters for a worker that did not come."""
    return f"{name} did not come within {limit_s:g} s", "worker_missing", {"worker": name}


def leave(channel: Channel, message: str, code: str, parameters: dict[str, str]) -> NoReturn:
    """Say why, and end this process at once."""
    channel.send(WorkFailed(FailureKind.ENVIRONMENT, message, "", code, parameters))
    os._exit(1)


def first_unreachable(addresses: Sequence[str], but: int) -> Optional[int]:
    """Return the first worker at whose address nobody listens, None where all do."""
    for index, address in enumerate(addresses):
        if index != but and not _is_reachable(address):
            return index
    return None


def _is_reachable(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PROBE_S):
            return True
    except OSError:
        return False
