"""Every command that needs no window."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from accelgui.cli import check, explain, precision, record, serve_metrics, train
from accelgui.cli.arguments import UsageError, WindowOptions, asked_language, parse
from accelgui.cli.console import Console
from accelgui.cli.documents import as_text
from accelgui.cli.exit_codes import ExitCode
from accelgui.cli.inputs import InputProblem, file_of, python_of
from accelgui.cli.meter import Meter
from accelgui.model import SCHEMA
from accelgui.model.outcome import RunStatus
from accelgui.runs.logs import new_log_path
from accelgui.words import _, joining, set_language

if TYPE_CHECKING:
    import argparse

_COMMANDS = {
    "check": check.run,
    "explain": explain.run,
    "precision": precision.run,
    "record": record.run,
    "serve-metrics": serve_metrics.run,
    "train": train.run,
}

__all__ = ["ExitCode", "WindowOptions", "main", "window_options"]


def window_options(arguments: list[str]) -> WindowOptions | None:
    """Return what to start the window with, None where the command line asks for something else.

    None also where it is wrong or asks for help: `main` then says so.
    """
    set_language(asked_language(arguments))
    if {"-h", "--help", "--version"} & set(arguments):
        return None
    try:
        options = parse(arguments)
        if options.command is not None:
            return None
        has_python = getattr(options, "python", None) is not None
        return WindowOptions(
            python=python_of(options) if has_python else None,
            language=asked_language(arguments),
            replay=file_of(options.replay),
        )
    except (UsageError, InputProblem):
        return None


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code. No command means `check`."""
    set_language(asked_language(arguments))
    console = Console()
    try:
        options = parse(arguments)
        if options.command is None and options.replay is not None:
            return _cannot_replay(options.replay, console)
        if options.command is None:
            options = parse([*arguments, "check"])
        return int(_run(options, console))
    except UsageError as error:
        hint = _("(accelgui --help shows what there is)")
        console.note(f"accelgui: {joining.sentences((str(error), hint))}")
        return int(ExitCode.USAGE)
    except SystemExit as end:  # --help and --version
        return int(end.code or 0)


def _cannot_replay(path: str, console: Console) -> int:
    """Say why a recording is not shown: no such file, or no window."""
    try:
        file_of(path)
    except InputProblem as problem:
        console.note(f"accelgui: {problem}")
    else:
        console.note(_("A recording is replayed in the window, and there is none."))
    return int(ExitCode.BAD)


def _run(options: argparse.Namespace, console: Console) -> ExitCode:
    meter = Meter(console)
    try:
        return _COMMANDS[options.command](options, console, meter)
    except InputProblem as problem:
        meter.clear()
        console.note(f"accelgui: {problem}")
        if getattr(options, "json", False):
            # Whoever asked for a document reads it from stdout, also where nothing could start.
            document = {
                "schema": SCHEMA,
                "status": RunStatus.NOT_STARTED.value,
                "text": str(problem),
            }
            console.line(as_text(document))
        return ExitCode.BAD
    except KeyboardInterrupt:
        meter.clear()
        console.note(_("Stopped."))
        return ExitCode.BAD
    except Exception:  # noqa: BLE001 - Whatever it is, it is our defect, and told as one.
        meter.clear()
        return _tell_defect(console)


def _tell_defect(console: Console) -> ExitCode:
    """Keep the traceback in a file and say where."""
    path = new_log_path("defect")
    path.write_text(f"{sys.version}\n{traceback.format_exc()}", encoding="utf-8")
    text = _("This is a defect of accelgui. What happened stands in {path}.")
    console.note(f"accelgui: {text.format(path=path)}")
    return ExitCode.DEFECT
