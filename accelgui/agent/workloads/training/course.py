"""One measured training of the ladder: warm-up, then rates, until there are enough of them."""

from __future__ import annotations

import math
import statistics
import time
from typing import TYPE_CHECKING, Optional

from accelgui.agent.workloads.training.neighbours import Neighbours
from accelgui.model.events import EpochDone, TrainingProgress

if TYPE_CHECKING:
    import threading

    from accelgui.agent.workloads.training.energy import EnergyCounter
    from accelgui.agent.workloads.training.plan import Plan
    from accelgui.model.events import Event

# Of a step so slow that its first epoch would take minutes, this much is warm-up enough.
_WARM_UP_S = 6.0
_FEWEST_RATES = 5


class Course:
    """Takes what a meter tells, and is set, like an Event, when the training may end.

    Warm-up is the first epoch: compilation, caches, clocks.
    """

    def __init__(
        self,
        stopping: threading.Event,
        energy: EnergyCounter,
        plan: Plan,
        measure_s: float,
    ) -> None:
        self.rates: list[float] = []
        self.first_loss: Optional[float] = None
        self.joules_per_1000_samples: Optional[float] = None
        # How many cores other programs kept busy during the measurement.
        self.others_cores: Optional[float] = None
        self._stopping = stopping
        self._energy = energy
        self._plan = plan
        self._measure_s = measure_s
        self._warm_until_s: Optional[float] = None
        self._began_s: Optional[float] = None
        self._began_joules: Optional[float] = None
        self._neighbours: Optional[Neighbours] = None
        self._began_step = 0
        self._intervals = 0
        self._is_enough = False

    def is_set(self) -> bool:
        """Whether the training may end."""
        return self._is_enough or self._stopping.is_set()

    def take(self, event: Event) -> None:
        """Take what the meter tells."""
        if isinstance(event, EpochDone):
            if event.epoch == 1:
                self.first_loss = event.validation_loss
                self._begin(event.step)
        elif isinstance(event, TrainingProgress) and not self._is_enough:
            self._take_progress(event)

    def quartiles(self) -> tuple[float, float, float]:
        """Return the lower quartile, the median and the upper quartile of the rates."""
        if len(self.rates) == 1:
            return self.rates[0], self.rates[0], self.rates[0]
        low, median, high = statistics.quantiles(self.rates, n=4, method="inclusive")
        return low, median, high

    def _take_progress(self, event: TrainingProgress) -> None:
        now_s = time.monotonic()
        if self._warm_until_s is None:
            self._warm_until_s = now_s + _WARM_UP_S
        if self._began_s is None:
            if now_s >= self._warm_until_s:
                self._begin(event.step)
            return
        if not math.isfinite(event.loss):
            self.rates.clear()
            return
        self._intervals += 1
        # The first interval may have begun before the warm-up was over.
        if self._intervals > 1:
            self.rates.append(event.samples_per_second)
        if now_s - self._began_s >= self._measure_s and len(self.rates) >= _FEWEST_RATES:
            self._end(event.step)

    def _begin(self, step: int) -> None:
        if self._began_s is None:
            self._began_s = time.monotonic()
            self._began_step = step
            self._began_joules = self._energy.joules()
            self._neighbours = Neighbours()

    def _end(self, step: int) -> None:
        self._is_enough = True
        self.others_cores = self._neighbours.cores() if self._neighbours else None
        joules = self._energy.joules()
        samples = self._plan.samples_after(step) - self._plan.samples_after(self._began_step)
        if joules is not None and self._began_joules is not None and samples:
            self.joules_per_1000_samples = 1000 * (joules - self._began_joules) / samples
