"""How much is to be trained."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional

from accelgui.agent.workloads.training.networks import CLASSES


@dataclass(frozen=True)
class Plan:
    """How much is to be trained; what accuracy that reaches, and what loss is that of guessing."""

    train_samples: int
    batch_size: int
    epochs: int
    expected_accuracy: Optional[float] = None
    guessing_loss: Optional[float] = math.log(CLASSES)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch, the smaller last one included."""
        return math.ceil(self.train_samples / self.batch_size)

    @property
    def steps(self) -> int:
        """Batches in the whole run."""
        return self.epochs * self.steps_per_epoch

    @property
    def first_smaller_step(self) -> int:
        """The first step whose batch is not full, 0 where all are."""
        return self.steps_per_epoch if self.train_samples % self.batch_size else 0

    def samples_after(self, step: int) -> int:
        """Return how many samples `step` batches hold, counted from the start of the run."""
        epochs, steps = divmod(step, self.steps_per_epoch)
        return epochs * self.train_samples + min(steps * self.batch_size, self.train_samples)
