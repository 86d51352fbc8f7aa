"""Snapshots in files."""

from __future__ import annotations

import json
import os
import tempfile
from enum import Enum
from pathlib import Path
from typing import Any

from accelgui import __version__
from accelgui.model import SCHEMA
from accelgui.model.snapshot import Snapshot
from accelgui.model.wire import WireError, from_json, to_json
from accelgui.runs.saved.masking import masked

_FORMAT = "accelgui snapshot"

# Even with a thousand log lines a snapshot is far below; anything larger is some other file.
_LARGEST_BYTES = 64 << 20


class SnapshotFileError(Exception):
    """A file cannot be used as a snapshot; `reason` says why, `detail` in the system's words."""

    class Reason(Enum):
        """Why."""

        UNREADABLE = "unreadable"
        NOT_A_SNAPSHOT = "not_a_snapshot"
        NEWER = "newer"

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def save_snapshot(snapshot: Snapshot, path: Path, *, full: bool = False) -> None:
    """Write a snapshot, what identifies people and machines masked unless `full`.

    Raises OSError where the file cannot be written; an old file is replaced as a whole or not at
    all.
    """
    document = {
        "format": _FORMAT,
        "schema": SCHEMA,
        "version": __version__,
        "masked": not full,
        "snapshot": to_json(snapshot if full else masked(snapshot)),
    }
    text = json.dumps(document, allow_nan=False, indent=1, ensure_ascii=False) + "\n"
    descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        Path(new).replace(path)
    except BaseException:
        Path(new).unlink()
        raise


def load_snapshot(path: Path) -> Snapshot:
    """Read what `save_snapshot` or `check --json` wrote; raises SnapshotFileError."""
    reasons = SnapshotFileError.Reason
    document = _read(path)
    schema = document.get("schema")
    inner = document.get("snapshot")
    if type(schema) is not int or not isinstance(inner, dict):
        raise SnapshotFileError(reasons.NOT_A_SNAPSHOT, "no schema and snapshot in it")
    newest = max(schema, _schema_of(inner))
    if newest > SCHEMA:
        raise SnapshotFileError(reasons.NEWER, f"schema {newest}, known up to {SCHEMA}")
    try:
        return from_json(Snapshot, inner)
    except WireError as error:
        raise SnapshotFileError(reasons.NOT_A_SNAPSHOT, _one_line(str(error))) from error


def _read(path: Path) -> dict[str, Any]:
    reasons = SnapshotFileError.Reason
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise SnapshotFileError(reasons.NOT_A_SNAPSHOT, "too large")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SnapshotFileError(reasons.UNREADABLE, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise SnapshotFileError(reasons.NOT_A_SNAPSHOT, _one_line(str(error))) from error
    if not isinstance(document, dict):
        raise SnapshotFileError(reasons.NOT_A_SNAPSHOT, "not a JSON object")
    return document


def _schema_of(inner: dict[str, Any]) -> int:
    schema = inner.get("schema", 0)
    return schema if type(schema) is int else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
