"""``accelgui explain``: the causes that a log shows."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

from accelgui.cli.arguments import UsageError
from accelgui.cli.check_text import write_finding
from accelgui.cli.documents import as_text, finding_document
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem
from accelgui.model import SCHEMA
from accelgui.model.finding import Severity
from accelgui.words import _
from accelgui.words.explained import advice, sentence

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.finding import Finding

_BLOCK_BYTES = 1 << 22

_EXIT_CODES = {Severity.ERROR: ExitCode.BAD, Severity.WARNING: ExitCode.WARNINGS}


def run(options: argparse.Namespace, console: Console, _meter: Meter) -> ExitCode:
    """Read a log and print what it shows; raises InputProblem and UsageError."""
    # Some hundred expressions are compiled on import, which other commands need not wait for.
    from accelgui.diagnosis.logs import explain  # noqa: PLC0415

    name = "stdin" if options.file in {None, "-"} else options.file
    try:
        with _opened(options.file) as stream:
            findings = explain(_blocks(stream), name).findings
    except OSError as error:
        text = _("{path} cannot be read: {reason}.")
        reason = error.strerror or str(error)
        raise InputProblem(text.format(path=name, reason=reason)) from error
    if options.json:
        documents = [finding_document(finding) for finding in findings]
        console.line(as_text({"schema": SCHEMA, "findings": documents}))
    else:
        _write(console, findings)
    return _EXIT_CODES.get(_worst(findings), ExitCode.GOOD)


def _opened(path: str | None) -> IO[bytes]:
    if path not in {None, "-"}:
        assert path is not None
        return open(path, "rb")  # noqa: PTH123 - Closed by the caller.
    if path is None and sys.stdin.isatty():
        raise UsageError(_("explain: name a file, or “-” to type or paste one"))
    # Not to be closed for others.
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK_BYTES):
        yield block


def _write(console: Console, findings: tuple[Finding, ...]) -> None:
    console.paragraph(sentence(findings))
    if more := advice(findings):
        console.paragraph(more)
    for finding in findings:
        console.line()
        write_finding(console, finding)


def _worst(findings: tuple[Finding, ...]) -> Severity:
    severities = {finding.severity for finding in findings}
    order = (Severity.ERROR, Severity.WARNING)
    return next((severity for severity in order if severity in severities), Severity.INFO)
