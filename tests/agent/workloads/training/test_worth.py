"""A rung is judged by what it is worth, not by what others did or what chance drew."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from accelgui.agent.workloads.training.course import Course
from accelgui.agent.workloads.training.worth import Worth
from accelgui.model.events import LadderRung
from accelgui.model.requests import LadderRequest


class NoCounter:
    def joules(self) -> None:
        return None


def course(rate: float, loss: float, others_cores: float | None = 0.0) -> Course:
    made: Any = Course(threading.Event(), NoCounter(), None, 1.0)  # type: ignore[arg-type]
    made.rates = [rate] * 5
    made.first_loss = loss
    made.others_cores = others_cores
    return made  # type: ignore[no-any-return]


def rung(code: str, batch_size: int = 32) -> LadderRung:
    return LadderRung(code, "cpu", batch_size, "eager", "float32")


def judged(model: str, loss: float, batch_size: int = 32) -> LadderRung:
    """Return the second rung of a ladder whose first came to a loss of 0.2."""
    worth = Worth(LadderRequest(model=model))
    worth.judged(rung("cpu_eager"), course(1000.0, 0.2))
    return worth.judged(rung("graph", batch_size), course(2000.0, loss))


@pytest.mark.parametrize(
    ("model", "loss", "is_unchanged"),
    [
        ("mlp", 0.2, True),
        ("mlp", 0.195, True),
        ("mlp", 0.25, False),
        ("cnn", 0.205, True),
        ("cnn", 0.3, None),
        ("cnn", 2.3, False),
    ],
)
def test_that_other_masks_of_dropout_are_no_other_result(
    model: str, loss: float, is_unchanged: bool | None
) -> None:
    assert judged(model, loss).loss_unchanged is is_unchanged


def test_that_the_loss_of_another_batch_is_not_compared() -> None:
    assert judged("mlp", 0.2, batch_size=256).loss_unchanged is None


def test_that_a_rung_pays_that_is_faster_than_the_best() -> None:
    worth = Worth(LadderRequest())
    rates = {"cpu_eager": 1000.0, "graph": 2000.0, "xla": 1500.0, "larger_batch": 2500.0}
    kept = [worth.judged(rung(code), course(rate, 0.2)).is_kept for code, rate in rates.items()]
    assert kept == [True, True, False, True]


def test_that_others_disturb_beyond_the_cores_that_were_left_to_them() -> None:
    worth = Worth(LadderRequest())
    cores = os.cpu_count() or 1
    assert worth.is_disturbed(course(1.0, 0.2, others_cores=1.0))
    worth.leave_cores(max(1, cores - 1))
    left = cores - max(1, cores - 1)
    assert not worth.is_disturbed(course(1.0, 0.2, others_cores=left + 0.2))
    assert worth.is_disturbed(course(1.0, 0.2, others_cores=left + 0.5))
    assert not worth.is_disturbed(course(1.0, 0.2, others_cores=None))
