"""Room for other programs: no more threads than they leave cores to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional

from accelgui.agent.workloads.training.neighbours import Neighbours
from accelgui.model.events import DISTURBING_CORES

if TYPE_CHECKING:
    import threading

    from accelgui.agent.backends import Backend

# Long enough to see who is at work all the time.
_LOOK_S = 0.6


def make_room(backend: Backend, stopping: threading.Event) -> Optional[int]:
    """Limit the framework's threads where others are at work; returns how many it may have.

    None where nobody is in the way, or where the framework does not let go of its threads.
    """
    neighbours = Neighbours()
    stopping.wait(_LOOK_S)
    threads_count = room_beside(neighbours.cores() or 0.0, os.cpu_count() or 1)
    if threads_count is None or not backend.limit_threads(threads_count):
        return None
    return threads_count


def room_beside(others_cores: float, cores: int) -> Optional[int]:
    """Return how many threads run unhindered beside others, at least 1; None for any number."""
    if others_cores <= DISTURBING_CORES:
        return None
    return max(1, int(cores - others_cores + DISTURBING_CORES))
