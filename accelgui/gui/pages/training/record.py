"""What one run told, kept for the plots and for the sentence at its end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accelgui.model.events import (
    CheckpointDone,
    EpochDone,
    Progress,
    TrainingDone,
    TrainingProgress,
    WorkFailed,
)
from accelgui.model.events import TrainingStarted as Started
from accelgui.model.finding import Finding
from accelgui.model.memory import LargestBatch
from accelgui.model.outcome import RunOutcome
from accelgui.model.requests import TrainingRequest
from accelgui.model.sample import HOST
from accelgui.telemetry import Series, WholeSeries

if TYPE_CHECKING:
    from accelgui.model.events import Event
    from accelgui.model.sample import Sample

CPU = "cpu"

# Panel and track of each value of a sample, by whose it is. What belongs to the device of the run
# stands in the run's colour, what belongs to the rest of the machine beside it.
_OF_ACCELERATOR = {
    "utilisation_percent": ("utilisation", "accelerator"),
    "memory_used_bytes": ("memory", "accelerator"),
    "temperature_celsius": ("temperature", "accelerator"),
    "power_watts": ("power", "accelerator"),
}
_OF_CPU_BESIDE = {
    "utilisation_percent": ("utilisation", "cpu_beside"),
    "temperature_celsius": ("temperature", "cpu_beside"),
    "power_watts": ("power", "cpu_beside"),
}
_OF_CPU = {
    "utilisation_percent": ("utilisation", "cpu"),
    "temperature_celsius": ("temperature", "cpu"),
    "power_watts": ("power", "cpu"),
}
_OF_HOST = {"memory_used_bytes": ("memory", "host")}
_OF_HOST_BESIDE = {**_OF_HOST, "run_memory_bytes": ("memory", "run_beside")}
_OF_HOST_ALONE = {**_OF_HOST, "run_memory_bytes": ("memory", "run")}


@dataclass
class RunRecord:
    """One run from the press on Start to its end.

    `series` maps (panel, track) to values on the system-wide monotonic clock; a series appears
    when its first value does.
    """

    key: str
    request: TrainingRequest
    # The Python that it runs in, "" where nobody knows.
    python: str = ""
    started: Started | None = None
    epoch: EpochDone | None = None
    last: TrainingProgress | None = None
    progress: Progress | None = None
    done: TrainingDone | None = None
    checkpoint: CheckpointDone | None = None
    failed: WorkFailed | None = None
    outcome: RunOutcome | None = None
    # What the end shows, and the batch that would fit.
    finding: Finding | None = None
    largest_batch: LargestBatch | None = None
    # Name and time of day (seconds since 1970) of a run that was opened from the history.
    then: tuple[str, float] | None = None
    series: dict[tuple[str, str], Series] = field(default_factory=dict)

    @property
    def is_under_way(self) -> bool:
        """Whether the run has not ended."""
        return self.outcome is None

    @property
    def is_saving(self) -> bool:
        """Whether the training is over and its weights are being written."""
        return self.progress is not None and self.progress.what == "save"

    @property
    def lacks_weights(self) -> bool:
        """Whether weights were to be kept, and are not."""
        is_kept = self.checkpoint is not None and self.checkpoint.problem is None
        return self.request.checkpoint_path is not None and not is_kept

    @property
    def zero_s(self) -> float | None:
        """When the first step began, None before it did."""
        return self.started.time_s if self.started else None

    @property
    def epoch_now(self) -> int:
        """The epoch that is being trained, from 1; 0 before the first step."""
        if self.started is None:
            return 0
        ended = self.epoch.epoch if self.epoch else 0
        told = self.last.epoch if self.last else 0
        return min(max(ended + 1, told), self.started.epochs)

    @property
    def is_finite(self) -> bool:
        """Whether every loss that was told is a number."""
        losses = [self.last.loss] if self.last else []
        losses += [self.epoch.loss, self.epoch.validation_loss] if self.epoch else []
        return all(map(math.isfinite, losses)) and (self.done is None or self.done.finite)

    def take(self, event: Event) -> None:
        """Keep what an event tells."""
        match event:
            case Progress():
                self.progress = event
            case Started():
                self.started = event
            case TrainingProgress():
                self.last = event
                self._add(("loss", "training"), event.time_s, event.loss)
                self._add(("accuracy", "training"), event.time_s, event.accuracy)
                self._add(("rate", "training"), event.time_s, event.samples_per_second)
            case EpochDone():
                self.epoch = event
                self._add(("loss", "validation"), event.time_s, event.validation_loss)
                self._add(("accuracy", "validation"), event.time_s, event.validation_accuracy)
            case TrainingDone():
                self.done = event
            case CheckpointDone():
                self.checkpoint = event
            case WorkFailed():
                self.failed = event

    def take_sample(self, sample: Sample) -> None:
        """Keep the values of a sample that bear on this run, from its first step on."""
        if self.started is None or sample.time_s < self.started.time_s or not self.is_under_way:
            return
        for name, place in self._places(sample.device).items():
            value = sample.values.get(name)
            # A device that never reports a value gets no curve; one that stops gets a gap.
            if value is not None or place in self.series:
                self._add(place, sample.time_s, value)

    def _places(self, device: str) -> dict[str, tuple[str, str]]:
        assert self.started is not None
        is_on_cpu = self.started.device == CPU
        if device == HOST:
            return _OF_HOST_ALONE if is_on_cpu else _OF_HOST_BESIDE
        if device == CPU:
            return _OF_CPU if is_on_cpu else _OF_CPU_BESIDE
        return _OF_ACCELERATOR if device == self.started.device else {}

    def _add(self, place: tuple[str, str], time_s: float, value: float | None) -> None:
        self.series.setdefault(place, WholeSeries()).append(time_s, value)
