"""``accelgui check --environments``: every Python of this user, framework by framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accelgui.cli.documents import as_text, finding_document
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.interrupts import stopping_on_interrupt
from accelgui.cli.layout import padded
from accelgui.diagnosis.environments import Cell, CellStatus, cells
from accelgui.model import SCHEMA
from accelgui.model.events import Progress
from accelgui.model.wire import to_json
from accelgui.runs.environment_check import EnvironmentRow, EnvironmentsCheck
from accelgui.runs.environments import find_environments
from accelgui.words import _, joining
from accelgui.words.environments import (
    kind_name,
    module_name,
    module_words,
    problem,
    reason,
    status_words,
)
from accelgui.words.frameworks import framework_name

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.runs.environments import Environment

_NAME_COLUMNS = 14


def run(options: argparse.Namespace, console: Console, meter: Meter) -> ExitCode:
    """Examine all environments, one at a time, and print the table."""
    environments = _environments(getattr(options, "python", None))
    check = EnvironmentsCheck(environments, timeout_s=options.timeout)
    rows: dict[str, EnvironmentRow] = {}
    with stopping_on_interrupt(check.stop) as interrupted:
        for row in check.rows():
            rows[row.environment.python] = row
            meter.show(Progress(len(rows) - 1, len(environments), "environment"))
    meter.clear()
    if interrupted.asked:
        console.note(_("Stopped. What was found until then follows."))
    if options.json:
        document = {"schema": SCHEMA, "environments": [_document(r) for r in rows.values()]}
        console.line(as_text(document))
    else:
        for row in rows.values():
            _write(console, row)
    accelerates = any(
        cell.status is CellStatus.ACCELERATES for row in rows.values() for cell in _cells(row)
    )
    return ExitCode.GOOD if accelerates and not interrupted.asked else ExitCode.BAD


def _environments(python: str | None) -> list[Environment]:
    """Return what was found, and the Python that was named, if any."""
    return find_environments(chosen=[python] if python else [])


def _cells(row: EnvironmentRow) -> tuple[Cell, ...]:
    return cells(row.snapshot) if row.snapshot else ()


def _document(row: EnvironmentRow) -> dict[str, Any]:
    python = row.snapshot.python if row.snapshot else None
    return {
        "python": row.environment.python,
        "name": row.environment.name,
        "kind": row.environment.kind.value,
        "version": python.version if python else None,
        "problem": problem(row.problem) if row.is_done and not row.snapshot else None,
        "frameworks": [
            {
                "name": cell.framework,
                "status": cell.status.value,
                "version": cell.version,
                "device": cell.device,
                "finding": finding_document(cell.finding) if cell.finding else None,
            }
            for cell in _cells(row)
        ],
        "modules": to_json(row.modules),
    }


def _write(console: Console, row: EnvironmentRow) -> None:
    python = row.snapshot.python if row.snapshot else None
    version = f" · Python {python.version}" if python else ""
    kind = kind_name(row.environment.kind.value)
    console.line(f"{row.environment.name} ({kind}){version}")
    console.line(f"    {row.environment.python}")
    if row.snapshot is None:
        console.paragraph(problem(row.problem), indent="    ")
    for cell in _cells(row):
        words = status_words(cell.status.value, cell.version, cell.device)
        name = padded(framework_name(cell.framework), _NAME_COLUMNS)
        why = reason(cell.finding) if cell.status is not CellStatus.ACCELERATES else ""
        text = joining.labelled(words, why) if why else words
        console.paragraph(text, indent=" " * (_NAME_COLUMNS + 5), first=f"    {name} ")
    for module in row.modules:
        if module.present:
            name = padded(module_name(module.name), _NAME_COLUMNS)
            text = " · ".join(filter(None, (module_words(module), module.details, module.error)))
            console.paragraph(text, indent=" " * (_NAME_COLUMNS + 5), first=f"    {name} ")
    console.line()
