"""``accelgui train --ladder``: what each technique is worth on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accelgui.cli.documents import as_text, finding_document
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem, file_of, python_of
from accelgui.cli.keeping import export_path, write_export
from accelgui.cli.layout import padded
from accelgui.cli.running import Running
from accelgui.exports import ladder as exported
from accelgui.model import SCHEMA
from accelgui.model.events import Alive, LadderRung, LadderStarted, encode
from accelgui.model.requests import LadderRequest
from accelgui.model.wire import to_json
from accelgui.runs.launch import AgentCommand
from accelgui.words import _, joining
from accelgui.words import ladder as words
from accelgui.words.frameworks import framework_name
from accelgui.words.training import model_name
from accelgui.words.units import rate_text

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.events import Event

_NAME_COLUMNS, _RATE_COLUMNS, _TIMES_COLUMNS = 16, 20, 9


def run(options: argparse.Namespace, console: Console, meter: Meter) -> ExitCode:
    """Climb the ladder and print each rung; raises InputProblem."""
    if options.events or options.checkpoint:
        raise InputProblem(_("The ladder has no weights and no events to keep."))
    if options.script:
        raise InputProblem(_("The ladder is climbed with the sample networks, not with --script."))
    request = LadderRequest(
        framework=options.framework or "tensorflow",
        model=options.model,
        device=options.device,
        batch_size=options.batch_size,
        seed=options.seed,
        data_path=file_of(options.data),
    )
    target = export_path(options)
    command = AgentCommand("ladder", request, python=python_of(options))
    running = Running(command, options.timeout, console, meter)
    ladder = _Ladder(console, meter, as_text=not (options.json or options.json_lines))
    for event in running.events():
        if options.json_lines and not isinstance(event, Alive):
            console.line(encode(event))
        ladder.take(event)
    if options.json:
        console.line(as_text(_document(request, running, ladder)))
    elif not options.json_lines:
        if ladder.rungs:
            console.paragraph(words.ending(ladder.rungs))
        running.tell_remedies()
    running.tell_trouble(_("The ladder"))
    code = running.exit_code()
    if target is None or write_export(target, _exported(target, ladder), console):
        return code
    return max(code, ExitCode.BAD)


def _exported(target: Path, ladder: _Ladder) -> str:
    if target.suffix == ".csv":
        return exported.csv_text(ladder.rungs)
    if target.suffix == ".json":
        return exported.json_text(ladder.started, ladder.rungs)
    return exported.svg_text(ladder.started, ladder.rungs)


class _Ladder:
    """The rungs so far, written while they come."""

    def __init__(self, console: Console, meter: Meter, *, as_text: bool) -> None:
        self.started: LadderStarted | None = None
        self.rungs: list[LadderRung] = []
        self._console = console
        self._meter = meter
        self._as_text = as_text

    def take(self, event: Event) -> None:
        match event:
            case LadderStarted():
                self.started = event
                self._line(_start_text(event))
            case LadderRung():
                self.rungs.append(event)
                self._line(_rung_text(event, self.rungs[0]))

    def _line(self, text: str) -> None:
        if self._as_text:
            self._meter.clear()
            self._console.line(text)


def _start_text(started: LadderStarted) -> str:
    text = _("{framework} on {device} ({name}): {model}").format(
        framework=framework_name(started.framework, started.framework_version),
        device=started.device,
        name=started.device_name,
        model=model_name(started.model),
    )
    return joining.sections((text, words.threads_text(started)))


def _rung_text(rung: LadderRung, first: LadderRung) -> str:
    name = padded(f"  {words.rung_name(rung.rung)}", _NAME_COLUMNS)
    if rung.samples_per_second is None:
        return f"{name}  {padded('–', _RATE_COLUMNS)}{words.reason(rung)}"
    times = words.times(rung, first)
    parts = [
        padded(rate_text(rung.samples_per_second), _RATE_COLUMNS),
        padded(words.times_text(times) if times else "", _TIMES_COLUMNS),
        f"({words.spread_text(rung)})  {words.remark(rung, first)}",
    ]
    return f"{name}  {''.join(parts)}".rstrip()


def _document(request: LadderRequest, running: Running, ladder: _Ladder) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "status": running.outcome.status.value,
        "text": words.ending(ladder.rungs) if ladder.rungs else "",
        "parameters": to_json(request),
        "device": to_json(ladder.started),
        "results": to_json(ladder.rungs),
        "outcome": to_json(running.outcome),
        "findings": [finding_document(finding)] if (finding := running.finding()) else [],
    }
