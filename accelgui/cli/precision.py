"""``accelgui precision``: checks of one device's numbers against float64 on the CPU."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accelgui.cli.console import Role
from accelgui.cli.documents import as_text
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import python_of
from accelgui.cli.layout import padded
from accelgui.cli.running import Running
from accelgui.model import SCHEMA
from accelgui.model.outcome import RunStatus
from accelgui.model.precision_events import (
    DriftSeen,
    FingerprintSeen,
    PrecisionCost,
    PrecisionRow,
    PrecisionRowDone,
    PrecisionStarted,
    RowVerdict,
    SoakProgress,
)
from accelgui.model.requests import PrecisionRequest
from accelgui.model.wire import to_json
from accelgui.runs.conditions import ConditionsWatch
from accelgui.runs.launch import AgentCommand
from accelgui.words import _, arithmetic
from accelgui.words import precision as words
from accelgui.words.frameworks import framework_name
from accelgui.words.units import number_text

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.precision import Drift, Fingerprint

_MARKS = {
    RowVerdict.PASSED: ("✓", "+", Role.GOOD),
    RowVerdict.LOWER: ("!", "!", Role.WARNING),
    RowVerdict.FAILED: ("✗", "x", Role.BAD),
}


def run(options: argparse.Namespace, console: Console, meter: Meter) -> ExitCode:
    """Check a device and print each row; raises InputProblem."""
    request = PrecisionRequest(
        framework=options.framework or "tensorflow",
        device=options.device,
        level=options.level,
        seed=options.seed,
        duration_s=options.duration,
        memory_share=options.memory_share,
    )
    command = AgentCommand("precision", request, python=python_of(options))
    running = Running(command, options.timeout, console, meter)
    # How hot a device was matters where it works for minutes; else it would only take time.
    watch = ConditionsWatch() if options.level == "soak" else None
    checking = _Checking(console, meter, watch, as_table=not options.json)
    with watch or contextlib.nullcontext():
        for event in running.events():
            checking.take(event)
    status = _status(running, checking)
    if options.json:
        console.line(as_text(_document(request, running, checking, status)))
    else:
        checking.write_end(running)
    running.tell_trouble(_("The precision check"))
    code = running.exit_code()
    return _EXIT_CODES[status] if code is ExitCode.GOOD else code


_EXIT_CODES = {"passed": ExitCode.GOOD, "warned": ExitCode.WARNINGS, "failed": ExitCode.BAD}


class _Checking:
    """What the events have told, written as a table while they come."""

    def __init__(
        self, console: Console, meter: Meter, watch: ConditionsWatch | None, *, as_table: bool
    ) -> None:
        self.started: PrecisionStarted | None = None
        self.rows: list[PrecisionRow] = []
        self.fingerprint: Fingerprint | None = None
        self.drift: Drift | None = None
        self.soak: SoakProgress | None = None
        self.cost: PrecisionCost | None = None
        self._console = console
        self._meter = meter
        self._watch = watch
        self._as_table = as_table

    def take(self, event: object) -> None:
        match event:
            case PrecisionStarted():
                self.started = event
                self._write_head(event)
                if self._watch is not None:
                    self._watch.begin(event.device)
            case PrecisionRowDone(row=row):
                self.rows.append(row)
                self._write_row(row)
            case FingerprintSeen(fingerprint=fingerprint):
                self.fingerprint = fingerprint
            case DriftSeen(drift=drift):
                self.drift = drift
            case SoakProgress():
                told = self._watch.told() if self._watch is not None else {}
                self.soak = replace(event, conditions=told)
            case PrecisionCost():
                self.cost = event

    @property
    def text(self) -> str:
        """What came out, in one paragraph."""
        if self.soak is not None:
            return arithmetic.soak_verdict(self.soak)
        return words.summary(self.rows)

    def write_end(self, running: Running) -> None:
        if self.fingerprint is not None:
            self._write_fingerprint(self.fingerprint)
        if self.rows or self.soak is not None:
            self._console.line()
            self._console.paragraph(self.text)
        if self.soak is not None:
            self._write_facts(arithmetic.soak_conditions(self.soak))
        if self.drift is not None:
            self._console.paragraph(arithmetic.drift_text(self.drift))
        running.tell_remedies()

    def _write_fingerprint(self, fingerprint: Fingerprint) -> None:
        self._console.line()
        self._console.paragraph(arithmetic.likeness(fingerprint))
        self._write_facts(arithmetic.fingerprint_facts(fingerprint))

    def _write_facts(self, facts: list[tuple[str, str]]) -> None:
        for name, value in facts:
            self._console.paragraph(
                _("{name}: {value}").format(name=name, value=value), indent="  "
            )

    def _write_head(self, started: PrecisionStarted) -> None:
        text = _("{framework} on {device} ({name})").format(
            framework=framework_name(started.framework, started.framework_version),
            device=started.device,
            name=started.device_name,
        )
        self._line(text)
        heads = (_("operation"), 40), (_("type"), 14), (_("check"), 28)
        left = "".join(padded(head, width) for head, width in heads)
        error = _("error ÷ bound")
        self._line(f"    {left}{error:>14}")

    def _write_row(self, row: PrecisionRow) -> None:
        text, plain, role = _MARKS[row.verdict]
        mark = self._console.coloured(self._console.marks(text, plain), role)
        ratio = "" if row.ratio is None else number_text(row.ratio)
        self._line(
            f"  {mark} {padded(words.operation_name(row.operation), 40)}"
            f"{padded(words.dtype_name(row.dtype), 14)}{padded(words.tier_name(row.tier), 28)}"
            f"{ratio:>14}"
        )
        if row.verdict is not RowVerdict.PASSED and (reason := words.reason_text(row)):
            self._console.paragraph(reason, indent="      ") if self._as_table else None

    def _line(self, text: str) -> None:
        if self._as_table:
            self._meter.clear()
            self._console.line(text)


def _status(running: Running, checking: _Checking) -> str:
    verdicts = {row.verdict for row in checking.rows}
    ended = running.outcome.status is RunStatus.FINISHED
    soak = checking.soak
    if soak is not None:
        is_right = ended and not soak.mismatches and not soak.memory_errors
        return "passed" if is_right else "failed"
    if not ended or not checking.rows or RowVerdict.FAILED in verdicts:
        return "failed"
    return "warned" if RowVerdict.LOWER in verdicts else "passed"


def _document(
    request: PrecisionRequest, running: Running, checking: _Checking, status: str
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "status": status,
        "text": checking.text,
        "parameters": to_json(request),
        "device": to_json(checking.started),
        "results": to_json(checking.rows),
        "fingerprint": to_json(checking.fingerprint),
        "drift": to_json(checking.drift),
        "soak": to_json(checking.soak),
        "cost": to_json(checking.cost),
        "outcome": to_json(running.outcome),
    }
