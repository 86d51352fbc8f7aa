"""Runs as agents would tell them."""

from __future__ import annotations

import math
import time

from accelgui.model.events import (
    EpochDone,
    Event,
    LadderRung,
    LadderStarted,
    Progress,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
    WorkDone,
)
from accelgui.model.precision_events import (
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
)


def started(device: str = "cpu", time_s: float | None = None, epochs: int = 2) -> TrainingStarted:
    """Return the beginning of a training run, now if not told when."""
    return TrainingStarted(
        framework="tensorflow",
        framework_version="2.21.0",
        device=device,
        device_name=device,
        model="mlp",
        parameters_count=101_770,
        batch_size=32,
        epochs=epochs,
        steps_per_epoch=10,
        train_samples=320,
        validation_samples=80,
        time_s=time.monotonic() if time_s is None else time_s,
    )


def training(device: str = "cpu", zero_s: float | None = None) -> list[Event]:
    """Return a run of two epochs and 20 steps, up to its last step."""
    begin = started(device, zero_s)
    zero_s = begin.time_s
    events: list[Event] = [Progress(0, 1, "import"), begin]
    for step in range(1, 21):
        at_s, epoch = zero_s + step / 10, 1 + (step > 10)
        events += [
            TrainingProgress(at_s, step, epoch, 2.3 * math.exp(-step / 6), step / 21, 9000.0),
            Progress(step, 20, "train", remaining_s=(20 - step) / 10),
        ]
        if step % 10 == 0:
            events.append(EpochDone(at_s, epoch, step, 0.5, 0.8, 0.6 / epoch, 0.7 + epoch / 10))
    return events


def done(*, loss: float = 0.1, finite: bool = True, stopped: bool = False) -> TrainingDone:
    """Return the last word of such a run."""
    return TrainingDone(
        epochs=2,
        steps=20,
        loss=loss,
        accuracy=0.95,
        validation_loss=0.3,
        validation_accuracy=0.9,
        samples_per_second=9000.0,
        elapsed_s=2.0,
        finite=finite,
        stopped=stopped,
    )


def finished(device: str = "cpu") -> list[Event]:
    """Return a whole run that came to its end."""
    return [*training(device), done(), WorkDone()]


def diverged() -> list[Event]:
    """Return a run whose loss became NaN in its second step."""
    begin = started()
    return [
        begin,
        TrainingProgress(begin.time_s + 0.1, 1, 1, 2.0, 0.1, 9000.0),
        TrainingProgress(begin.time_s + 0.2, 2, 1, math.nan, 0.1, 9000.0),
        TrainingDone(0, 2, math.nan, 0.1, None, None, 9000.0, 0.2, finite=False),
        WorkDone(),
    ]


def ladder() -> list[Event]:
    """Return an acceleration ladder on a CPU, climbed to its top."""
    rates = {"cpu_eager": 2000.0, "graph": 8000.0, "xla": 16_000.0, "tf32": None}
    rates |= {"mixed_bfloat16": 4000.0, "larger_batch": 64_000.0}
    events: list[Event] = [
        Progress(0, 1, "import"),
        LadderStarted("tensorflow", "2.21.0", "cpu", "cpu", "mlp", tuple(rates)),
    ]
    for number, (code, rate) in enumerate(rates.items()):
        size = 256 if code == "larger_batch" else 32
        rung = LadderRung(code, "cpu", size, "graph", "float32", reason="no_tf32")
        if rate is not None:
            kept = code != "mixed_bfloat16"
            rung = LadderRung(
                code, "cpu", size, "graph", "float32", rate, 0.9 * rate, 1.2 * rate, 9,
                loss=0.25, loss_unchanged=True if size == 32 else None, is_kept=kept,
            )  # fmt: skip
        events += [Progress(number, len(rates), f"rung_{code}"), rung]
    return [*events, Progress(len(rates), len(rates), "done", 0.0), WorkDone()]


ROWS = (
    PrecisionRow("matmul", "float32", "exact", RowVerdict.PASSED, 0.0, 0.0, None, (), "8×8 · 8×8"),
    PrecisionRow("matmul", "float32", "bound", RowVerdict.PASSED, 4e-5, 1e-3, 0.03, (2, 1), "8×8"),
    PrecisionRow(
        "matmul", "tf32", "bound", RowVerdict.LOWER, 0.2, 0.9, 0.21, (1, 1), reason="tf32"
    ),
    PrecisionRow("sum", "float32", "bound", RowVerdict.FAILED, math.nan, None, None, reason="nan"),
    PrecisionRow("sum", "bfloat16", "bound", RowVerdict.FAILED, 9.0, 3.0, 3.0, reason="over_bound"),
)


def precision(rows: tuple[PrecisionRow, ...] = ROWS) -> list[Event]:
    """Return a precision check of these rows, up to the last of them."""
    events: list[Event] = [
        Progress(0, 1, "import"),
        PrecisionStarted("tensorflow", "2.21.0", "cpu", "cpu", len(rows), ("float32",)),
    ]
    for number, row in enumerate(rows, 1):
        events += [PrecisionRowDone(row), Progress(number, len(rows), "matmul float32", 1.0)]
    return events
