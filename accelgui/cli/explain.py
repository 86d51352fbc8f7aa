"""``accelgui explain``: the causes that a log shows."""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING, Any, TypeVar

from accelgui.cli.arguments import UsageError
from accelgui.cli.check_text import write_finding
from accelgui.cli.documents import as_text, finding_document
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem
from accelgui.model import SCHEMA
from accelgui.model.finding import Severity
from accelgui.model.wire import to_json
from accelgui.words import _
from accelgui.words.explained import advice, omission, sentence, unreadable
from accelgui.words.units import percent_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.diagnosis.logs import Explanation
    from accelgui.model.finding import Finding

_Part = TypeVar("_Part")

_EXIT_CODES = {Severity.ERROR: ExitCode.BAD, Severity.WARNING: ExitCode.WARNINGS}


def run(options: argparse.Namespace, console: Console, _meter: Meter) -> ExitCode:
    """Read a log and print what it shows; raises InputProblem and UsageError."""
    # Some hundred expressions are compiled on import, which other commands need not wait for.
    from accelgui.diagnosis.logs import explain, read_blocks  # noqa: PLC0415

    name = "stdin" if options.file in {None, "-"} else options.file
    try:
        with _opened(options.file) as stream:
            explained = explain(_metered(read_blocks(stream), stream, console), name)
    except OSError as error:
        raise InputProblem(unreadable(name, error)) from error
    if options.json:
        console.line(as_text(_document(explained)))
    else:
        _write(console, explained)
    return _EXIT_CODES.get(_worst(explained.findings), ExitCode.GOOD)


def _metered(blocks: Iterator[_Part], stream: IO[bytes], console: Console) -> Iterator[_Part]:
    """Pass the blocks on and show on a terminal how far a file is read."""
    size = os.fstat(stream.fileno()).st_size
    for block in blocks:
        if console.has_meter and size:
            share = percent_text(round(100 * min(1.0, stream.tell() / size)))
            console.meter(f"{_('Reading the log…')}  {share}")
        yield block
    console.meter("")


def _opened(path: str | None) -> IO[bytes]:
    if path not in {None, "-"}:
        assert path is not None
        return open(path, "rb")  # noqa: PTH123 - Closed by the caller.
    if path is None and sys.stdin.isatty():
        raise UsageError(_("explain: name a file, or “-” to type or paste one"))
    # Not to be closed for others.
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _document(explained: Explanation) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "findings": [finding_document(finding) for finding in explained.findings],
        "coverage": to_json(explained.coverage),
    }


def _write(console: Console, explained: Explanation) -> None:
    findings = explained.findings
    console.paragraph(sentence(findings))
    for more in (advice(findings), omission(explained.coverage)):
        if more:
            console.paragraph(more)
    for finding in findings:
        console.line()
        write_finding(console, finding)


def _worst(findings: tuple[Finding, ...]) -> Severity:
    severities = {finding.severity for finding in findings}
    order = (Severity.ERROR, Severity.WARNING)
    return next((severity for severity in order if severity in severities), Severity.INFO)
