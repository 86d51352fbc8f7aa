"""What a training run came to, judged by its last word."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelgui.model.events import TrainingDone

# A run that ends above the loss of guessing has unlearned.
_MARGIN = 1.05

# An expectation is known for the built-in digits alone, which have so many images to validate
# with: a good run may miss it by chance, but rarely by two standard errors.
_VALIDATION_SAMPLES = 364
_STANDARD_ERRORS = 2


class TrainingVerdict(str, Enum):
    """How the numbers of a run look, whatever ended it."""

    GOOD = "good"
    NOT_FINITE = "not_finite"
    DIVERGED = "diverged"
    BELOW_EXPECTATION = "below_expectation"


def judge(done: TrainingDone) -> TrainingVerdict:
    """Judge a run by its last word; a stopped one is not held to what a whole one reaches."""
    if not done.finite:
        return TrainingVerdict.NOT_FINITE
    if done.stopped:
        return TrainingVerdict.GOOD
    loss, guessing_loss = done.loss, done.guessing_loss
    if loss is not None and guessing_loss is not None and loss > _MARGIN * guessing_loss:
        return TrainingVerdict.DIVERGED
    reached, expected = done.validation_accuracy, done.expected_accuracy
    if reached is not None and expected is not None and reached < _least(expected):
        return TrainingVerdict.BELOW_EXPECTATION
    return TrainingVerdict.GOOD


def _least(expected: float) -> float:
    """Return the lower end of the band around an expected accuracy."""
    error = math.sqrt(expected * (1 - expected) / _VALIDATION_SAMPLES)
    return expected - _STANDARD_ERRORS * error
