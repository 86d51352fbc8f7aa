"""What ``train`` leaves behind where that is asked for: event files, and curves in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from accelgui.cli.inputs import InputProblem
from accelgui.exports import curves
from accelgui.telemetry.event_files import EventLog
from accelgui.words import _

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.model.events import Event

SUFFIXES = (".csv", ".json", ".svg")


class Keeping:
    """Takes what a run tells and writes it; raises InputProblem for a place that cannot be."""

    def __init__(self, options: argparse.Namespace, run: str) -> None:
        self._run = run
        self._export = export_path(options)
        self._curves = curves.CurveKeeper(run)
        self._events = Path(options.events).absolute() if options.events else None
        self._log = EventLog(self._events) if self._events else None

    def take(self, event: Event) -> None:
        """Keep what an event tells."""
        if self._export is not None:
            self._curves.take(event)
        if self._log is not None:
            self._log.take(event)

    def end(self, console: Console, parameters: dict[str, Any]) -> bool:
        """Write the rest; returns whether all could be written, having said what could not."""
        is_written = True
        if self._log is not None:
            self._log.close()
            if self._log.problem is not None:
                console.note(_unwritten(self._events, self._log.problem))
                is_written = False
        if self._export is not None:
            text = self._exported(self._export.suffix, parameters)
            is_written = write_export(self._export, text, console) and is_written
        return is_written

    def _exported(self, suffix: str, parameters: dict[str, Any]) -> str:
        kept = self._curves.curves()
        if suffix == ".csv":
            return curves.csv_text(kept)
        if suffix == ".json":
            return curves.json_text(kept, parameters=parameters)
        return curves.svg_text(kept, self._run)


def export_path(options: argparse.Namespace) -> Path | None:
    """Return where --export writes, None where it is not asked for; raises InputProblem."""
    if options.export is None:
        return None
    path = Path(options.export).absolute()
    if path.suffix == ".png":
        raise InputProblem(
            _("The window saves PNG; the command line draws .svg, and writes .csv and .json.")
        )
    if path.suffix not in SUFFIXES:
        raise InputProblem(_("{path} has to end in .csv, .json or .svg.").format(path=path))
    if not path.parent.is_dir():
        raise InputProblem(_("There is no folder {path}.").format(path=path.parent))
    return path


def write_export(path: Path, text: str, console: Console) -> bool:
    """Write a file whole; returns whether it could be, having said why it could not."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        console.note(_unwritten(path, error.strerror or str(error)))
        part.unlink(missing_ok=True)
        return False
    return True


def _unwritten(path: Path | None, reason: str) -> str:
    return _("{path} cannot be written: {reason}").format(path=path, reason=reason)
