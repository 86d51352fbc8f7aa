"""Finding lines in what a framework printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accelgui.model.finding import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.case import Case
    from accelgui.model.snapshot import Framework

# Logs of native code come with lines of any length; a person wants the gist.
_SHOWN_CHARACTERS = 400


@dataclass(frozen=True)
class LogMatch:
    """A line that matched, where it stood, and the groups of the pattern."""

    evidence: Evidence
    groups: dict[str, str]


def matches(case: Case, pattern: str) -> Iterator[LogMatch]:
    """Yield each line of log, import error and operation errors that matches."""
    framework = case.framework
    if framework is None:
        return
    expression = re.compile(pattern)
    for source, number, line in _lines(framework):
        if match := expression.search(line):
            groups = {name: text or "" for name, text in match.groupdict().items()}
            yield LogMatch(Evidence(source, line.strip()[:_SHOWN_CHARACTERS], number), groups)


def first_match(case: Case, pattern: str) -> LogMatch | None:
    """Return the first line that matches, None where none does."""
    return next(matches(case, pattern), None)


def _lines(framework: Framework) -> Iterator[tuple[str, int | None, str]]:
    if framework.import_error:
        for line in framework.import_error.splitlines():
            yield f"import {framework.name}", None, line
    for operation in framework.operations:
        for line in (operation.error or "").splitlines():
            yield f"operation on {operation.device}", None, line
    for number, line in enumerate(framework.log, start=1):
        yield "log", number, line
