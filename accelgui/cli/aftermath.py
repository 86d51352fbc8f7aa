"""What a training that went wrong shows, and what to do about it."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accelgui.cli import batch_search
from accelgui.cli.check_text import write_finding_text
from accelgui.cli.documents import finding_document
from accelgui.diagnosis import training as diagnosis
from accelgui.model.finding import Finding
from accelgui.model.memory import SHORTAGES, LargestBatch
from accelgui.model.outcome import RunStatus
from accelgui.model.requests import BatchSearchRequest, TrainingRequest
from accelgui.model.wire import to_json
from accelgui.runs.logs import log_tail
from accelgui.words import _
from accelgui.words import batches as words
from accelgui.words.findings import describe

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.cli.running import Running
    from accelgui.model.events import TrainingDone, TrainingStarted


@dataclass(frozen=True)
class Aftermath:
    """A finding about a run, and the batch that fits where memory was lacking."""

    request: TrainingRequest
    python: str
    finding: Finding | None = None
    found: LargestBatch | None = None

    def document(self) -> dict[str, Any]:
        """Return the members of the JSON document."""
        return {
            "findings": [finding_document(self.finding)] if self.finding else [],
            "largest_batch": to_json(self.found),
        }

    def write(self, console: Console) -> None:
        """Write title, cause, what shows it, remedies and the batch that fits."""
        if self.finding is None:
            return
        console.paragraph(describe(self.finding).title)
        write_finding_text(console, self.finding)
        for evidence in self.finding.evidence:
            console.paragraph(
                f"{evidence.source}: {evidence.text}", indent="        ", first="    "
            )
        if self.found is None:
            return
        console.paragraph(words.result(self.found), indent="      ", first="    → ")
        if self.found.batch_size is not None:
            size = self.found.batch_size
            console.line(f"        {batch_search.command_with(self.request, self.python, size)}")


def of_run(
    running: Running,
    request: TrainingRequest,
    python: str,
    started: TrainingStarted | None,
    done: TrainingDone | None,
) -> Aftermath:
    """Return what a run that has ended shows."""
    device = started.device if started else request.device
    finding = None
    if running.failed is not None:
        finding = diagnosis.of_failure(running.failed) or running.finding()
    elif running.outcome.status is RunStatus.KILLED:
        path = running.outcome.log_path
        log = log_tail(Path(path) if path else None)
        finding = diagnosis.of_log(running.outcome, log, request, device)
    elif done is not None:
        finding = diagnosis.of_numbers(done, request, device)
    if finding is not None:
        parameters = {"system": platform.system(), **finding.parameters}
        finding = replace(finding, parameters=parameters)
    return Aftermath(request, python, finding)


def searched(
    aftermath: Aftermath, options: argparse.Namespace, console: Console, meter: Meter
) -> Aftermath:
    """Return it with the largest batch that fits, where memory was lacking."""
    finding, request = aftermath.finding, aftermath.request
    is_wanted = options.fit_batch and not console.closed and BatchSearchRequest(request).is_possible
    if finding is None or finding.code not in SHORTAGES or not is_wanted:
        return aftermath
    console.note(_("The batch did not fit: looking for the largest that does (Ctrl-C ends that)."))
    found = batch_search.search(request, aftermath.python, options, console, meter)
    return replace(aftermath, found=found)
