"""``accelgui train``: the sample training run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from accelgui import recipes
from accelgui.cli import aftermath, ladder
from accelgui.cli.documents import as_text
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem, file_of, python_of
from accelgui.cli.keeping import Keeping
from accelgui.cli.running import Running
from accelgui.model import SCHEMA, strategies
from accelgui.model.events import (
    Alive,
    CheckpointDone,
    EpochDone,
    TrainingDone,
    TrainingProgress,
    TrainingStarted,
    encode,
)
from accelgui.model.requests import TrainingRequest
from accelgui.model.techniques import lacking
from accelgui.model.training import TrainingVerdict, judge
from accelgui.model.wire import to_json
from accelgui.runs.launch import AgentCommand
from accelgui.words import _
from accelgui.words import strategies as strategy_words
from accelgui.words import techniques as technique_words
from accelgui.words import training as words
from accelgui.words.frameworks import framework_name
from accelgui.words.units import count_text, number_text, rate_text, share_text

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.events import Event


def run(options: argparse.Namespace, console: Console, meter: Meter) -> ExitCode:
    """Train and print each epoch and how it went; raises InputProblem."""
    if options.ladder:
        return ladder.run(options, console, meter)
    request = _request(options)
    if reason := strategies.lacking(request):
        raise InputProblem(strategy_words.lack(reason))
    if reason := lacking(request):
        raise InputProblem(technique_words.lack(reason))
    if options.print_code:
        return _print_code(request, console)
    python = python_of(options)
    command = AgentCommand("train", request, python=python)
    running = Running(command, options.timeout, console, meter)
    is_text = not (options.json or options.json_lines)
    training = _Training(console, meter, as_text=is_text)
    keeping = Keeping(options, words.short_name(request))
    for event in running.events():
        keeping.take(event)
        if options.json_lines and not isinstance(event, Alive):
            console.line(encode(event))
        training.take(event)
    is_kept = keeping.end(console, to_json(request))
    shown = aftermath.of_run(running, request, python, training.started, training.done)
    shown = aftermath.searched(shown, options, console, meter)
    if options.json:
        console.line(as_text({**_document(request, running, training), **shown.document()}))
    elif is_text:
        training.write_end(request, has_finding=shown.finding is not None)
        shown.write(console)
    running.tell_trouble(
        _("The training"),
        words.trouble(running.outcome, request),
        is_explained=is_text and shown.finding is not None,
    )
    code = _exit_code(running, training, request)
    return code if is_kept else max(code, ExitCode.BAD)


def _request(options: argparse.Namespace) -> TrainingRequest:
    return TrainingRequest(
        framework=options.framework or "tensorflow",
        model=options.model,
        device=options.device,
        precision=options.precision,
        batch_size=options.batch_size,
        epochs=options.epochs,
        seed=options.seed,
        data_path=file_of(options.data),
        script_path=file_of(options.script),
        execution=options.execution,
        tf32=options.tf32,
        feeding=options.feeding,
        checkpoint_path=str(Path(options.checkpoint).absolute()) if options.checkpoint else None,
        strategy=options.strategy,
        workers=options.workers,
        worker_index=options.worker_index,
    )


def _print_code(request: TrainingRequest, console: Console) -> ExitCode:
    if request.script_path is not None:
        raise InputProblem(_("--print-code is for the sample networks, not for --script."))
    for line in recipes.script(request).splitlines():
        console.line(line)
    return ExitCode.GOOD


def _exit_code(running: Running, training: _Training, request: TrainingRequest) -> ExitCode:
    code, done = running.exit_code(), training.done
    # A run whose numbers went astray came to its end, and is no success.
    if code is ExitCode.GOOD and (done is None or judge(done) is not TrainingVerdict.GOOD):
        return ExitCode.BAD
    checkpoint, started = training.checkpoint, training.started
    if started is not None and started.worker_index:
        return code  # The first worker keeps the weights.
    if request.checkpoint_path and (checkpoint is None or checkpoint.problem is not None):
        return max(code, ExitCode.BAD)
    return code


class _Training:
    """What the events have told, written while they come."""

    def __init__(self, console: Console, meter: Meter, *, as_text: bool) -> None:
        self.started: TrainingStarted | None = None
        self.done: TrainingDone | None = None
        self.checkpoint: CheckpointDone | None = None
        self._console = console
        self._meter = meter
        self._as_text = as_text

    def take(self, event: Event) -> None:
        match event:
            case TrainingStarted():
                self.started = event
                self._line(_start_text(event))
            case TrainingProgress():
                self._meter.show(beside=_progress_text(event))
            case EpochDone():
                self._line(_epoch_text(event, self.started))
            case TrainingDone():
                self.done = event
            case CheckpointDone():
                self.checkpoint = event

    def write_end(self, request: TrainingRequest, *, has_finding: bool) -> None:
        # A finding says itself where the run ended.
        if self.started is not None and not has_finding:
            self._console.paragraph(words.ending(self.done, request))
        if self.done is not None and (kept := words.kept(self.checkpoint, request)):
            self._console.line(kept)
        if disturbed := words.disturbance(self.done, request):
            self._console.line(disturbed)

    def _line(self, text: str) -> None:
        if self._as_text:
            self._meter.clear()
            self._console.line(text)


def _start_text(started: TrainingStarted) -> str:
    text = _("{framework} on {device} ({name}): {model}, {count} parameters").format(
        framework=framework_name(started.framework, started.framework_version),
        device=started.device,
        name=started.device_name,
        model=words.model_name(started.model),
        count=count_text(started.parameters_count),
    )
    team = strategy_words.team_text(started)
    return _("{text}; {team}").format(text=text, team=team) if team else text


def _progress_text(event: TrainingProgress) -> str:
    return _("loss {loss}  {rate}").format(
        loss=number_text(event.loss), rate=rate_text(event.samples_per_second)
    )


def _epoch_text(event: EpochDone, started: TrainingStarted | None) -> str:
    text = _(
        "  epoch {epoch}: loss {loss}, accuracy {accuracy}, validation loss {validation_loss},"
        " accuracy {validation_accuracy}"
    )
    epochs = f"{event.epoch}/{started.epochs}" if started else str(event.epoch)
    return text.format(
        epoch=epochs,
        loss=number_text(event.loss),
        accuracy=share_text(event.accuracy),
        validation_loss=number_text(event.validation_loss),
        validation_accuracy=share_text(event.validation_accuracy),
    )


def _document(request: TrainingRequest, running: Running, training: _Training) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "status": running.outcome.status.value,
        "text": words.ending(training.done, request) if training.started else "",
        "parameters": to_json(request),
        "device": to_json(training.started),
        "results": to_json(training.done),
        "checkpoint": to_json(training.checkpoint),
        "outcome": to_json(running.outcome),
    }
