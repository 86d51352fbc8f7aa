"""Reading the history."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np

from accelgui.history.entries import COLUMNS, Entry
from accelgui.history.opening import connect, connect_to_read
from accelgui.history.packing import unpacked
from accelgui.telemetry.series import WholeSeries

if TYPE_CHECKING:
    from pathlib import Path

    from accelgui.telemetry.series import Series


class History:
    """Reads; for one thread. Of an entry, what the file does not give at this moment is empty.

    With `is_read_only`, nothing of the file or its folder needs to be writable.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self.path = path
        self._open = connect_to_read if is_read_only else connect
        self._connection: sqlite3.Connection | None = None

    def entries(self) -> list[Entry] | None:
        """Return all that were not deleted, the newest first; None while the file gives nothing."""
        query = (
            f"SELECT {COLUMNS} FROM entry WHERE deleted_s IS NULL"  # noqa: S608
            " ORDER BY begun_s DESC, id DESC"
        )
        try:
            return [Entry.of_row(row) for row in self._read(query)]
        except sqlite3.Error:
            return None

    def entry(self, number: int) -> Entry | None:
        """Return one, None where it is gone."""
        rows = self._rows(f"SELECT {COLUMNS} FROM entry WHERE id = ?", (number,))  # noqa: S608
        return Entry.of_row(rows[0]) if rows else None

    def series(self, number: int) -> dict[tuple[str, str], Series]:
        """Return the series of an entry by (panel, track)."""
        found: dict[tuple[str, str], Series] = {}
        rows = self._rows(
            "SELECT panel, track, times, values_ FROM piece WHERE entry = ? ORDER BY id", (number,)
        )
        for panel, track, times, values in rows:
            series = found.setdefault((panel, track), WholeSeries())
            for time_s, value in zip(
                np.frombuffer(times, "<f8").tolist(),
                np.frombuffer(values, "<f8").tolist(),
                strict=True,
            ):
                series.append(time_s, value)
        return found

    def snapshot(self, number: int) -> Any:
        """Return the snapshot of an entry's time as JSON, None where there is none."""
        rows = self._rows(
            "SELECT json FROM snapshot JOIN entry ON entry.snapshot = digest WHERE id = ?",
            (number,),
        )
        return json.loads(unpacked(rows[0][0])) if rows else None

    def document(self, number: int, name: str) -> Any:
        """Return a JSON document of an entry, None where there is none."""
        rows = self._rows("SELECT json FROM document WHERE entry = ? AND name = ?", (number, name))
        return json.loads(unpacked(rows[0][0])) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._read(query, values)
        except sqlite3.Error:
            return []

    def _read(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        self._connection = self._connection or self._open(self.path)
        return self._connection.execute(query, values).fetchall()
