"""The options of ``accelgui check`` that save a snapshot and read one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.cli.inputs import InputProblem, file_of
from accelgui.runs.saved import SnapshotFileError, load_snapshot, save_snapshot
from accelgui.words import _

if TYPE_CHECKING:
    import argparse

    from accelgui.cli.console import Console
    from accelgui.model.snapshot import Snapshot


def saved_snapshot(options: argparse.Namespace) -> Snapshot | None:
    """Return the snapshot in the asked file, None where none is asked; raises InputProblem."""
    path = file_of(options.from_file)
    if path is None:
        return None
    if options.sysroot is not None:
        raise InputProblem(_("Give either --from or --sysroot, not both."))
    try:
        return load_snapshot(Path(path))
    except SnapshotFileError as error:
        raise InputProblem(_problem(error, path)) from error


def save_as_asked(options: argparse.Namespace, snapshot: Snapshot, console: Console) -> None:
    """Save the snapshot where that was asked for; raises InputProblem."""
    if options.save is None:
        return
    path = Path(options.save)
    try:
        save_snapshot(snapshot, path, full=options.full)
    except OSError as error:
        text = _("The snapshot cannot be written to {path}: {why}.")
        raise InputProblem(text.format(path=path, why=error.strerror or error)) from error
    if options.full:
        text = _("Saved to {path}, with names, serial numbers and addresses.")
    else:
        text = _("Saved to {path}; names, serial numbers and addresses are masked.")
    console.note(text.format(path=path))


def _problem(error: SnapshotFileError, path: str) -> str:
    reasons = SnapshotFileError.Reason
    text = {
        reasons.UNREADABLE: _("{path} cannot be read: {why}."),
        reasons.NOT_A_SNAPSHOT: _("{path} holds no snapshot of accelgui: {why}."),
        reasons.NEWER: _(
            "{path} was made by a newer accelgui ({why}). Update accelgui to read it."
        ),
    }[error.reason]
    return text.format(path=path, why=error.detail)
