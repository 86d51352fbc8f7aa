"""Keeping the file within its limits, and true about what was cut off."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from accelgui.history.entries import CUT_OFF

if TYPE_CHECKING:
    import sqlite3

# The system reckons a process' start from that of its own, whose clock may be set a little.
_CLOCK_STEP_S = 60.0


@dataclass(frozen=True)
class Tidied:
    """How many entries were removed since the start, for their age and for the size of all.

    `left_bytes` is above the limit where the rest has a name, tag or note.
    """

    too_old: int
    too_much: int
    left_bytes: int
    most_bytes: int | None

    @property
    def is_too_large(self) -> bool:
        """Whether what is left is above the limit."""
        return self.most_bytes is not None and self.left_bytes > self.most_bytes


def tidy(
    connection: sqlite3.Connection, keep_days: int | None, most_bytes: int | None, *, purges: bool
) -> Tidied:
    """Remove what is too old, then the oldest of what is too much; mark what was cut off.

    What a person named, tagged or noted stays. With `purges`, what was deleted goes first, and
    cannot come back any more.
    """
    _mark_cut_off(connection)
    if purges:
        connection.execute("DELETE FROM entry WHERE deleted_s IS NOT NULL")
    plain = "name = '' AND tags = '' AND note = '' AND status != ''"
    too_old = too_much = 0
    if keep_days is not None:
        oldest_s = time.time() - keep_days * 86_400
        query = f"DELETE FROM entry WHERE begun_s < ? AND deleted_s IS NULL AND {plain}"  # noqa: S608
        too_old = connection.execute(query, (oldest_s,)).rowcount
    _give_back(connection)
    while most_bytes is not None and _size(connection) > most_bytes:
        oldest = f"SELECT id FROM entry WHERE {plain} ORDER BY begun_s LIMIT 1"  # noqa: S608
        if not connection.execute(f"DELETE FROM entry WHERE id IN ({oldest})").rowcount:  # noqa: S608
            break
        too_much += 1
        _give_back(connection)
    return Tidied(too_old, too_much, _size(connection), most_bytes)


def _mark_cut_off(connection: sqlite3.Connection) -> None:
    running = "SELECT id, pid, begun_s FROM entry WHERE status = ''"
    for number, pid, begun_s in connection.execute(running).fetchall():
        if not _goes_on(pid, begun_s):
            connection.execute("UPDATE entry SET status = ? WHERE id = ?", (CUT_OFF, number))


def _goes_on(pid: int, begun_s: float) -> bool:
    """Is the window that began an entry still there?

    After a restart, and in a container above all, another one may have its number.
    """
    try:
        return psutil.Process(pid).create_time() <= begun_s + _CLOCK_STEP_S
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True


def _give_back(connection: sqlite3.Connection) -> None:
    """Let snapshots of nobody go, and return what is free to the system."""
    connection.execute(
        "DELETE FROM snapshot WHERE digest NOT IN"
        " (SELECT snapshot FROM entry WHERE snapshot IS NOT NULL)"
    )
    # It returns a page a step, and `execute` takes one step of what has no columns.
    connection.executescript("PRAGMA incremental_vacuum")


def _size(connection: sqlite3.Connection) -> int:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    return int((pages - free) * size)
