"""What to do about a run that went wrong: the finding, and the batch that would fit."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from accelgui.diagnosis import training as diagnosis
from accelgui.gui.pages.overview.finding_card import FindingCard
from accelgui.gui.pages.training.batch_search import BatchSearch
from accelgui.gui.theme import SPACE
from accelgui.model.memory import SHORTAGES
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import BatchSearchRequest
from accelgui.runs.logs import log_tail
from accelgui.words.findings import of_failure

if TYPE_CHECKING:
    from accelgui.gui.pages.training.record import RunRecord
    from accelgui.model.events import WorkFailed
    from accelgui.model.finding import Finding

# Beside curves it leaves room for them.
_HEIGHT_BESIDE_CURVES_PX = 240


def finding_of(record: RunRecord) -> Finding | None:
    """Return what a run that has ended shows, None where nothing is wrong that is known."""
    device = record.started.device if record.started else record.request.device
    if record.failed is not None:
        return diagnosis.of_failure(record.failed) or _of_cause(record, record.failed)
    if record.outcome is not None and record.outcome.status is RunStatus.KILLED:
        path = record.outcome.log_path
        log = log_tail(Path(path) if path else None)
        return diagnosis.of_log(record.outcome, log, record.request, device)
    if record.done is not None:
        return diagnosis.of_numbers(record.done, record.request, device)
    return None


def _of_cause(record: RunRecord, failed: WorkFailed) -> Finding | None:
    parameters = {"framework": record.request.framework, "system": platform.system()}
    if record.python:
        parameters["python"] = record.python
    return of_failure(failed, parameters)


def is_searchable(record: RunRecord) -> bool:
    """Whether a smaller batch may help a run that has ended."""
    finding = record.finding
    is_about_memory = finding is not None and finding.code in SHORTAGES
    return is_about_memory and BatchSearchRequest(record.request).is_possible


class Remedies(QScrollArea):
    """Hidden unless there is something to say; `search` follows the search for a batch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.search = BatchSearch()
        self._card: FindingCard | None = None
        holder = QWidget()
        holder.setObjectName("body")
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._column.addWidget(self.search)
        self._column.addStretch(1)
        self.setWidget(holder)
        self.hide()

    @property
    def card(self) -> FindingCard | None:
        """The finding that is shown."""
        return self._card

    def show_record(self, record: RunRecord | None) -> None:
        """Show what is known of a run that has ended, None to hide."""
        if self._card is not None:
            self._column.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
            self._card = None
        finding = record.finding if record else None
        if record is None or finding is None:
            self.hide()
            return
        self._card = FindingCard(finding)
        self._column.insertWidget(1, self._card)
        self.search.setVisible(is_searchable(record))
        self.search.show_found(record.largest_batch)
        has_curves = record.started is not None and bool(record.series)
        self.setMaximumHeight(_HEIGHT_BESIDE_CURVES_PX if has_curves else 16_777_215)
        self.show()
