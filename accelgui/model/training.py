"""What a training run came to, judged by its last word."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelgui.model.events import TrainingDone

# The loss of guessing among ten classes is ln 10; a run that ends above has unlearned.
_GUESSING_LOSS = math.log(10)
_MARGIN = 1.05


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
    if done.loss is not None and done.loss > _MARGIN * _GUESSING_LOSS:
        return TrainingVerdict.DIVERGED
    reached, expected = done.validation_accuracy, done.expected_accuracy
    if reached is not None and expected is not None and reached < expected:
        return TrainingVerdict.BELOW_EXPECTATION
    return TrainingVerdict.GOOD
