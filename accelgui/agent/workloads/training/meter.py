"""From batches to events: means over intervals, rates, time left, and the last word.

Knows no framework. A trainer counts `step` up after each batch and calls `take` only when `due`
says so; everything else here happens ten times a second at most, so that reporting costs nothing
between two reports.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional

from accelgui.model.events import EpochDone, Progress, TrainingDone, TrainingProgress

if TYPE_CHECKING:
    from accelgui.agent.workloads.training.neighbours import Neighbours
    from accelgui.agent.workloads.training.plan import Plan
    from accelgui.model.events import Event

# Ten reports a second look continuous; on a GPU each waits once for the device.
INTERVAL_S = 0.1

_Means = tuple[Optional[float], Optional[float]]


class Interrupted(Exception):  # noqa: N818 - Nothing went wrong.
    """Leaves a fit from within: it was asked to stop, or its loss is no number any more."""


@dataclass
class _Sums:
    """Sums over samples; `timed_samples` and `elapsed_s` leave out what is not measured."""

    samples: int = 0
    loss: float = 0.0
    accuracy: float = 0.0
    timed_samples: int = 0
    elapsed_s: float = 0.0

    def add(self, other: _Sums) -> None:
        self.samples += other.samples
        self.loss += other.loss
        self.accuracy += other.accuracy
        self.timed_samples += other.timed_samples
        self.elapsed_s += other.elapsed_s

    @property
    def samples_per_second(self) -> Optional[float]:
        return self.timed_samples / self.elapsed_s if self.elapsed_s > 0 else None


class Meter:
    """Measures one training run.

    The clock runs while an epoch trains: not during validation, nor during steps that compile.
    These are the first of all, and the last of the first epoch where it is smaller: compilers take
    each shape anew. `clock` is the system-wide monotonic clock, on which telemetry is drawn too.
    """

    def __init__(
        self, plan: Plan, send: Callable[[Event], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.step = 0
        self.plan = plan
        # After `step` batches; set by who knows it.
        self.learning_rate: Optional[Callable[[], float]] = None
        # Looks after other programs; set where they would slow the training down.
        self.neighbours: Optional[Neighbours] = None
        self._send = send
        self._clock = clock
        self._started_s: Optional[float] = None
        self._first_step_done_s = 0.0
        self._resumed_s: Optional[float] = None
        self._read_s = 0.0
        self._smaller_step = 0
        self._due_s = -math.inf
        self._epoch_end_step = 0
        self._read_step = 0
        self._epochs_done = 0
        self._interval = _Sums()
        self._epoch = _Sums()
        self._run = _Sums()
        self._means: _Means = (None, None)
        self._validation: _Means = (None, None)
        self._finite = True

    def start(self) -> float:
        """The first step follows; returns when."""
        self._started_s = self._clock()
        return self._started_s

    def begin_epoch(self) -> None:
        """An epoch begins to train."""
        self._epoch = _Sums()
        self._epoch_end_step = self.step + self.plan.steps_per_epoch
        self._smaller_step = self.plan.first_smaller_step
        # The first step of all is not timed: it traces and compiles.
        self._resumed_s = self._clock() if self.step else None

    def leave_out(self, elapsed_s: float) -> None:
        """Take a pause out of what is measured; it lies before the next reading."""
        if self._resumed_s is not None:
            self._resumed_s += elapsed_s
        if self._started_s is not None:
            self._started_s += elapsed_s
        self._first_step_done_s += elapsed_s
        self._read_s += elapsed_s

    def due(self) -> bool:
        """Say whether `take` is wanted after this step."""
        is_last = self.step in (self._epoch_end_step, self._smaller_step - 1)
        return is_last or self._clock() >= self._due_s

    def take(self, loss: float, accuracy: float) -> None:
        """Take the means over the epoch up to this step.

        Read them just before the call: waiting for them is what waits for the device. Raises
        Interrupted where the loss is not finite.
        """
        now_s = self._clock()
        self._add(now_s, loss, accuracy)
        if not math.isfinite(loss):
            self._finite = False
            self._report(now_s)
            raise Interrupted
        if now_s >= self._due_s:
            self._report(now_s)

    def end_epoch(self, validation_loss: float, validation_accuracy: float) -> None:
        """Take the validation of an epoch; raises Interrupted where its loss is not finite."""
        self._epochs_done += 1
        self._validation = (validation_loss, validation_accuracy)
        loss, accuracy = self._means
        assert loss is not None
        assert accuracy is not None
        self._send(
            EpochDone(
                time_s=self._clock(),
                epoch=self._epochs_done,
                step=self.step,
                loss=loss,
                accuracy=accuracy,
                validation_loss=validation_loss,
                validation_accuracy=validation_accuracy,
            )
        )
        if not math.isfinite(validation_loss):
            self._finite = False
            raise Interrupted

    def flush(self) -> None:
        """Report what has been taken and not yet told."""
        if self._interval.samples:
            self._report(self._clock())

    def done(self, stopped: bool) -> TrainingDone:
        """Return the last word; may be called from another thread while a step runs."""
        loss, accuracy = self._means
        validation_loss, validation_accuracy = self._validation
        return TrainingDone(
            epochs=self._epochs_done,
            steps=self.step,
            loss=loss,
            accuracy=accuracy,
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            samples_per_second=self._run.samples_per_second,
            elapsed_s=0.0 if self._started_s is None else self._clock() - self._started_s,
            finite=self._finite,
            stopped=stopped,
            expected_accuracy=self.plan.expected_accuracy,
            guessing_loss=self.plan.guessing_loss,
            others_cores=self.neighbours.cores() if self.neighbours else None,
        )

    def _add(self, now_s: float, loss: float, accuracy: float) -> None:
        """Add the steps since the last reading: sums over the epoch, less those already added."""
        samples = self.plan.samples_after(self.step) - self.plan.samples_after(self._read_step)
        seen = self._epoch.samples + samples
        timed = self._resumed_s is not None
        new = _Sums(
            samples=samples,
            loss=loss * seen - self._epoch.loss,
            accuracy=accuracy * seen - self._epoch.accuracy,
            timed_samples=samples if timed else 0,
            elapsed_s=now_s - self._resumed_s if self._resumed_s is not None else 0.0,
        )
        for sums in (self._epoch, self._interval, self._run):
            sums.add(new)
        if not self._read_step:
            self._first_step_done_s = now_s
        elif not timed:
            self._first_step_done_s += now_s - self._read_s
        self._means = (loss, accuracy)
        self._read_step, self._read_s = self.step, now_s
        self._resumed_s = None if self.step == self._smaller_step - 1 else now_s

    def _report(self, now_s: float) -> None:
        self._due_s = now_s + INTERVAL_S
        interval = self._interval
        if interval.samples_per_second is None:
            return  # Only steps that compile so far; their losses enter the next interval.
        self._interval = _Sums()
        self._send(
            TrainingProgress(
                time_s=now_s,
                step=self.step,
                epoch=math.ceil(self.step / self.plan.steps_per_epoch),
                loss=interval.loss / interval.samples,
                accuracy=interval.accuracy / interval.samples,
                samples_per_second=interval.samples_per_second,
                learning_rate=self.learning_rate() if self.learning_rate else None,
            )
        )
        self._send(Progress(self.step, self.plan.steps, "train", self._remaining_s(now_s)))

    def _remaining_s(self, now_s: float) -> Optional[float]:
        """Return the time left at the pace so far, validation included, compilation not."""
        if self.step < 2:
            return None
        pace_s = (now_s - self._first_step_done_s) / (self.step - 1)
        return pace_s * (self.plan.steps - self.step)
