"""How far a run is, in words and as a share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import _
from accelgui.words.frameworks import framework_name
from accelgui.words.progress import step_name

if TYPE_CHECKING:
    from accelgui.gui.pages.training.record import RunRecord


def words(record: RunRecord, *, is_stopping: bool, is_paused: bool = False) -> str:
    """Say what goes on."""
    if record.is_saving or is_stopping:
        return step_name("save") if record.is_saving else _("Stopping")
    if record.started is not None and is_paused:
        return _("Paused in epoch {epoch} of {epochs}").format(
            epoch=record.epoch_now, epochs=record.started.epochs
        )
    if record.started is not None:
        return _("Training, epoch {epoch} of {epochs}").format(
            epoch=record.epoch_now, epochs=record.started.epochs
        )
    if record.progress is None:
        return _("Starting")
    if record.progress.what == "import":
        return _("Importing {framework}").format(framework=framework_name(record.request.framework))
    return step_name(record.progress.what)


def share(record: RunRecord) -> float | None:
    """Return how far the training is, 0 to 1; None before the first step."""
    progress = record.progress
    if (
        record.started is None
        or progress is None
        or not progress.total > 0
        or progress.what == "save"
    ):
        return None
    return min(max(progress.done / progress.total, 0.0), 1.0)


def remaining_s(record: RunRecord) -> float | None:
    """Return the time left as the run estimates it, None where it does not."""
    return record.progress.remaining_s if record.started and record.progress else None
