"""What a rung of the ladder is worth: beside the rungs below it, and beside other programs."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from accelgui.agent.workloads.training.networks import NETWORKS
from accelgui.model.events import DISTURBING_CORES

if TYPE_CHECKING:
    from accelgui.agent.workloads.training.course import Course
    from accelgui.model.events import LadderRung
    from accelgui.model.requests import LadderRequest

# Mixed precision moves the loss of the first epoch by less than this, a defect by more.
_SAME_LOSS = 0.05

# Compilers draw other masks of dropout. The convolutions, eager beside torch.compile and XLA in
# TensorFlow: up to 36 % of the larger loss. What is further away is no matter of masks.
_LOSS_OF_OTHER_MASKS = 0.5


class Worth:
    """Judges one rung after the other."""

    def __init__(self, request: LadderRequest) -> None:
        self._batch_size = request.batch_size
        self._has_dropout = NETWORKS[request.model].dropout > 0
        self._left_cores = 0
        self._first_loss: Optional[float] = None
        self._best = 0.0

    def leave_cores(self, threads_count: Optional[int]) -> None:
        """Others at work do not disturb on the cores that so many threads leave them."""
        if threads_count is not None:
            self._left_cores = max(0, (os.cpu_count() or 1) - threads_count)

    def is_disturbed(self, course: Course) -> bool:
        """Whether others took so much of the CPU that the rates say little."""
        return (self._others_cores(course) or 0.0) > DISTURBING_CORES

    def disturbance(self, course: Course) -> float:
        """Return what to compare courses by: the calmer one comes first."""
        others_cores = self._others_cores(course)
        return math.inf if not course.rates or others_cores is None else others_cores

    def judged(self, rung: LadderRung, course: Course) -> LadderRung:
        """Return the rung with what its course came to."""
        low, median, high = course.quartiles()
        starts = rung.rung in {"cpu_eager", "device_eager"}
        is_kept = starts or median > self._best
        if is_kept:
            self._best = median
        if self._first_loss is None:
            self._first_loss = course.first_loss
        return replace(
            rung,
            samples_per_second=median,
            low=low,
            high=high,
            measurements=len(course.rates),
            loss=course.first_loss,
            loss_unchanged=self._is_unchanged(rung, course.first_loss),
            joules_per_1000_samples=course.joules_per_1000_samples,
            others_cores=None if rung.rung == "all_devices" else self._others_cores(course),
            is_kept=is_kept,
        )

    def _is_unchanged(self, rung: LadderRung, loss: Optional[float]) -> Optional[bool]:
        if loss is None or self._first_loss is None or rung.batch_size != self._batch_size:
            return None
        if math.isclose(loss, self._first_loss, rel_tol=_SAME_LOSS):
            return True
        near = math.isclose(loss, self._first_loss, rel_tol=_LOSS_OF_OTHER_MASKS)
        return None if self._has_dropout and near else False

    def _others_cores(self, course: Course) -> Optional[float]:
        if course.others_cores is None:
            return None
        return max(0.0, course.others_cores - self._left_cores)
