"""After a batch did not fit: find the largest that does, and say so."""

from __future__ import annotations

import shlex
import sys
from dataclasses import fields
from typing import TYPE_CHECKING

from accelgui.cli.running import Running
from accelgui.model.events import Alive, BatchSearchDone, BatchTried, Progress, encode
from accelgui.model.requests import BatchSearchRequest, TrainingRequest
from accelgui.runs.launch import AgentCommand
from accelgui.words import batches as words

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.cli.meter import Meter
    from accelgui.model.memory import LargestBatch

# Those of a request that have another name on the command line, and those that it leaves alone.
_OPTIONS = {"data_path": "data", "script_path": "script", "checkpoint_path": "checkpoint"}


def search(
    request: TrainingRequest,
    python: str,
    options: argparse.Namespace,
    console: Console,
    meter: Meter,
) -> LargestBatch | None:
    """Return what the search came to, None where it failed; Ctrl-C ends it."""
    command = AgentCommand("largest_batch", BatchSearchRequest(request), python=python)
    running = Running(command, options.timeout, console, meter)
    found: LargestBatch | None = None
    for event in running.events():
        if options.json_lines and not isinstance(event, Alive):
            console.line(encode(event))
        match event:
            case BatchTried(fits=None):
                meter.show(beside=words.trying(event.batch_size))
            case BatchSearchDone():
                found = event.found
            case Progress():
                pass
    return found


def command_with(request: TrainingRequest, python: str, batch_size: int) -> str:
    """Return the command that trains the same with another batch size."""
    parts = ["accelgui", "train", "--batch-size", str(batch_size)]
    if python != sys.executable:
        parts += ["--python", shlex.quote(python)]
    plain = TrainingRequest()
    for field in fields(request):
        value = getattr(request, field.name)
        if field.name == "batch_size" or value == getattr(plain, field.name):
            continue
        option = "--" + _OPTIONS.get(field.name, field.name).replace("_", "-")
        if isinstance(value, bool):
            option = option if value else f"--no-{option[2:]}"
            parts.append(option)
        else:
            parts += [option, shlex.quote(str(value))]
    return " ".join(parts)
