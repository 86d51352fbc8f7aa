"""When the processes of a training look up from their steps together, and what they decide then.

Whether to stop, to wait or to report is decided in one process, by its clock; all others have to do
the same after the same step, or they would wait for each other for ever. So they meet: each adds up
what all bring, and the first one brings, too, after how many steps to meet again: about ten times a
second. A process that trains alone meets nobody and decides by itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable, Optional

from accelgui.agent.workloads.training.meter import INTERVAL_S, Interrupted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accelgui.agent.workloads.training.meter import Meter
    from accelgui.agent.workloads.training.pausing import Stop

Exchange = Callable[["Sequence[float]"], "list[float]"]

# A pause is over this soon after it was ended.
_PAUSE_S = 0.1

# A pace may change: no more than this much longer until the next meeting.
_GROWTH = 4


class Agreement:
    """What a trainer does after each step, alone or with others.

    `exchange` returns the sums over all processes of what each gives, in the same order; None for
    a process that trains alone.
    """

    def __init__(
        self, meter: Meter, stop: Stop, exchange: Optional[Exchange] = None, is_first: bool = True
    ) -> None:
        self._meter = meter
        self._stop = stop
        self._exchange = exchange
        self._is_first = is_first
        self._met_at_step = 0
        self._meet_at_step = 1
        self._met_s: Optional[float] = None

    def after_step(self, read: Callable[[], tuple[float, float]]) -> None:
        """Count the step and report it where that is due.

        `read` waits for the device and returns the mean loss and accuracy of the epoch so far.
        Raises Interrupted where all are to stop.
        """
        meter = self._meter
        meter.step += 1
        if self._exchange is None:
            stopping = self._stop.is_set()
            if stopping or meter.due():
                meter.take(*read())
            if stopping:
                raise Interrupted
            return
        if meter.step < self._meet_at_step and meter.step % meter.plan.steps_per_epoch:
            return
        # Reading may be a meeting itself: every process comes here after the same steps.
        means = read()
        stopping = self._meet(self._exchange)
        meter.take(*means)
        if stopping:
            self._stop.stop()
            raise Interrupted

    def _meet(self, exchange: Exchange) -> bool:
        """Return whether all are to stop; while one is to wait, all wait."""
        began_s = time.monotonic()
        waited_s = 0.0
        while True:
            mine = float(self._stop.is_stopping), float(self._stop.is_paused)
            steps = float(self._steps_to_next(began_s)) if self._is_first else 0.0
            stopping, paused, next_steps = exchange([*mine, steps])
            if stopping or not paused:
                break
            time.sleep(_PAUSE_S)
            waited_s = time.monotonic() - began_s
        if waited_s:
            self._meter.leave_out(waited_s)
        self._met_at_step = self._meter.step
        self._meet_at_step = self._meter.step + int(next_steps)
        self._met_s = time.monotonic()
        return stopping > 0

    def _steps_to_next(self, now_s: float) -> int:
        # The first step compiles: it says nothing of the pace.
        steps = self._meter.step - self._met_at_step
        if self._met_s is None or not steps:
            return 1
        pace_s = max((now_s - self._met_s) / steps, 1e-6)
        return max(1, min(round(INTERVAL_S / pace_s), _GROWTH * steps))
