"""Work that passes by in a window, told by events as an agent would tell it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from accelgui.model.events import (
    LadderRung,
    LadderStarted,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
)
from accelgui.model.outcome import RunOutcome, RunStatus
from accelgui.model.precision import RowDetail
from accelgui.model.precision_events import (
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
)
from accelgui.model.requests import LadderRequest, PrecisionRequest, TrainingRequest
from accelgui.model.sample import Sample

if TYPE_CHECKING:
    from accelgui.gui.pages.history import HistoryPage
    from accelgui.gui.session import Session


def train(session: Session, accuracy: float) -> None:
    """Let a training pass by."""
    session.run_started.emit(TrainingRequest())
    session.run_events_arrived.emit([
        TrainingStarted("jax", "0.9", "gpu:0", "NVIDIA H200", "mlp", 1, 32, 5, 9, 9, 9, 50.0),
        TrainingProgress(51.0, 10, 1, 0.5, 0.8, 100.0),
        TrainingProgress(52.0, 20, 1, 0.25, accuracy, 100.0),
        TrainingDone(5, 20, 0.25, accuracy, 0.3, accuracy, 100.0, 2.0),
    ])  # fmt: skip
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 2.0))


def written(page: HistoryPage, count: int) -> None:
    assert page.session.keeper is not None
    assert page.session.keeper.writer is not None
    page.session.keeper.writer.flush()
    page.refresh()
    assert len(page.model.entries) == count


def check_precision(session: Session, reason: str | None = None) -> list[PrecisionRow]:
    """Let a precision check pass by."""
    verdict = RowVerdict.PASSED if reason is None else RowVerdict.LOWER
    detail = RowDetail(histogram=(4, 2, 1), reproducer="print(1)")
    rows = [
        PrecisionRow("matmul", "float32", "bound", verdict, 1e-3, 1e-2, 0.2, (1, 2), "64×64", 0.1,
                     reason, detail=detail),
        PrecisionRow("sum", "float32", "exact", RowVerdict.PASSED, 0.0, 0.0, None, (), "1024"),
    ]  # fmt: skip
    session.run_started.emit(PrecisionRequest())
    session.run_events_arrived.emit([
        PrecisionStarted("jax", "0.10", "gpu:0", "NVIDIA H200", 2, ("float32",)),
        *(PrecisionRowDone(row) for row in rows),
    ])
    now_s = time.monotonic() + 1
    for second in range(3):
        values = {"utilisation_percent": 50.0, "power_watts": None}
        session.samples_arrived.emit([Sample("gpu:0", now_s + second, values)])
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 3.0))
    return rows


def climb(session: Session) -> list[LadderRung]:
    """Let a ladder pass by."""
    rungs = [
        LadderRung(code, "gpu:0", 32, "graph", "float32", rate, rate, rate, 9, is_kept=True)
        for code, rate in (("cpu_eager", 10.0), ("xla", 90.0))
    ]
    session.run_started.emit(LadderRequest())
    started = LadderStarted("jax", "0.10", "gpu:0", "H200", "mlp", ("cpu_eager", "xla", "tf32"))
    session.run_events_arrived.emit([started, *rungs])
    session.run_ended.emit(RunOutcome(RunStatus.FINISHED, 9.0))
    return rungs
