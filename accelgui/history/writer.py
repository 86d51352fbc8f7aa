"""Writing to the history from a thread of its own, in the order in which it was asked for."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import sqlite3
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accelgui.history.opening import connect
from accelgui.history.packing import packed
from accelgui.history.tidying import Tidied, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from accelgui.history.entries import Fact

    Work = Callable[[sqlite3.Connection], None]

# While the disk is full or another program holds the file, work waits and is tried again.
_RETRY_S = 1.0


class Writer:
    """Writes without ever letting the caller wait.

    `problem` is the reason why nothing can be written now, None while all is well; `tidied` what
    was removed, None before the first `tidy`. `written` is called, on the writer's thread, when
    something a list shows has changed.
    """

    def __init__(self, path: Path, written: Callable[[], None]) -> None:
        self.problem: str | None = None
        self.tidied: Tidied | None = None
        self._path = path
        self._written = written
        self._work: queue.Queue[Work | None] = queue.Queue()
        self._closing = threading.Event()
        # Chosen here, so that series can follow before the entry is written.
        self._next = time.time_ns() // 1000
        self._thread = threading.Thread(target=self._run, name="history")
        self._thread.start()

    def begin(self, kind: str, facts: Mapping[str, Fact], begun_s: float | None = None) -> int:
        """Begin an entry, now unless said otherwise; returns its id at once."""
        self._next += 1
        moment_s = time.time() if begun_s is None else begun_s
        number, row = self._next, (kind, moment_s, os.getpid(), json.dumps(facts))
        self._do(
            "INSERT INTO entry (id, kind, begun_s, pid, facts) VALUES (?, ?, ?, ?, ?)",
            (number, *row),
        )
        return number

    def add(
        self,
        entry: int,
        panel: str,
        track: str,
        times: NDArray[np.float64],
        values: NDArray[np.float64],
    ) -> None:
        """Add points to a series of an entry; both have shape [n]."""
        row = (entry, panel, track, times.astype("<f8").tobytes(), values.astype("<f8").tobytes())
        self._do(
            "INSERT INTO piece (entry, panel, track, times, values_) VALUES (?, ?, ?, ?, ?)",
            row,
            is_seen=False,
        )

    def keep(self, entry: int, name: str, document: Any) -> None:
        """Keep a JSON document with an entry, in place of one of this name."""
        self._do(
            "INSERT OR REPLACE INTO document (entry, name, json) VALUES (?, ?, ?)",
            (entry, name, packed(json.dumps(document, allow_nan=False))),
        )

    def keep_snapshot(self, entry: int, document: Any) -> None:
        """Keep the snapshot of an entry's time as JSON; many entries may have the same one."""
        text = json.dumps(document, allow_nan=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        insert = "INSERT OR IGNORE INTO snapshot (digest, json) VALUES (?, ?)"
        self._do(insert, (digest, packed(text)), is_seen=False)
        self._do("UPDATE entry SET snapshot = ? WHERE id = ?", (digest, entry), is_seen=False)

    def note_facts(self, entry: int, facts: Mapping[str, Fact]) -> None:
        """Say what is known of an entry that goes on: it may be cut off."""
        row = (json.dumps(facts), entry)
        self._do("UPDATE entry SET facts = ? WHERE id = ?", row, is_seen=False)

    def finish(
        self, entry: int, status: str, facts: Mapping[str, Fact], ended_s: float | None = None
    ) -> None:
        """Say how an entry ended, now unless said otherwise."""
        self._do(
            "UPDATE entry SET ended_s = ?, status = ?, facts = ? WHERE id = ?",
            (time.time() if ended_s is None else ended_s, status, json.dumps(facts), entry),
        )

    def describe(
        self,
        entry: int,
        *,
        name: str | None = None,
        tags: tuple[str, ...] | None = None,
        note: str | None = None,
    ) -> None:
        """Change what a person wrote on an entry."""
        joined = None if tags is None else " ".join(tags)
        for column, value in (("name", name), ("tags", joined), ("note", note)):
            if value is not None:
                self._do(f"UPDATE entry SET {column} = ? WHERE id = ?", (value, entry))  # noqa: S608

    def delete(self, entries: list[int], *, undo: bool = False) -> None:
        """Take entries out of sight, or bring them back; `tidy` removes what is out of sight."""
        deleted_s = None if undo else time.time()
        for entry in entries:
            self._do("UPDATE entry SET deleted_s = ? WHERE id = ?", (deleted_s, entry))

    def tidy(self, keep_days: int | None, most_bytes: int | None, *, purges: bool = True) -> None:
        """Remove what is too old, then the oldest of what is too much; mark what was cut off.

        What a person named, tagged or noted stays. With `purges`, what was deleted goes first,
        and cannot come back any more.
        """

        def work(connection: sqlite3.Connection) -> None:
            done, before = tidy(connection, keep_days, most_bytes, purges=purges), self.tidied
            if before is not None:
                too_old, too_much = done.too_old + before.too_old, done.too_much + before.too_much
                done = replace(done, too_old=too_old, too_much=too_much)
            self.tidied = done
            self._written()

        self._work.put(work)

    def flush(self) -> None:
        """Wait until all that was asked for is written, or cannot be."""
        done = threading.Event()
        self._work.put(lambda _connection: done.set())
        done.wait(timeout=10.0)

    def close(self) -> None:
        """Write what waits, as far as that is possible, and end."""
        self._closing.set()
        self._work.put(None)
        self._thread.join()

    def _do(self, statement: str, row: tuple[Any, ...], *, is_seen: bool = True) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(statement, row)
            if is_seen:
                self._written()

        self._work.put(work)

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while (work := self._work.get()) is not None:
            while True:
                try:
                    connection = connection or connect(self._path)
                    work(connection)
                except sqlite3.Error as error:
                    self._note(str(error))
                    if self._closing.wait(_RETRY_S):
                        break
                else:
                    self._note(None)
                    break
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _note(self, problem: str | None) -> None:
        if problem != self.problem:
            self.problem = problem
            self._written()
