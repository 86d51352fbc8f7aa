"""Opening the file: checked, brought to today's schema, or set aside where it is damaged."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from accelgui.history.schema import SCHEMA, STEPS
from accelgui.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

# Another window writes for milliseconds; longer than this it holds the file for another reason.
_BUSY_S = 5.0


class HistoryError(Exception):
    """Nothing can be kept; the message is for a person.

    `is_readable` says whether what was kept before can be looked at all the same.
    """

    def __init__(self, message: str, *, is_readable: bool = False) -> None:
        super().__init__(message)
        self.is_readable = is_readable


def default_path() -> Path:
    """Return where the history of this user is."""
    return Path(platformdirs.user_data_path("accelgui")) / "history.sqlite"


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection to a file that `prepare` has seen to; for one thread."""
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a connection to a file in a place that cannot be written; for one thread."""
    # Beside a file in WAL mode SQLite wants to write; "immutable" says that nobody else does.
    address = f"{path.resolve().as_uri()}?immutable=1"
    return sqlite3.connect(address, uri=True, isolation_level=None)


def prepare(
    path: Path, steps: Mapping[int, tuple[str, ...]] | None = None, target: int = SCHEMA
) -> str:
    """Make the file fit for use; returns what a person has to know, "" for nothing.

    Raises HistoryError where there can be none.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_sound = not path.exists() or _is_sound(path)
        notice = "" if is_sound else _set_aside(path)
        _migrate(path, STEPS if steps is None else steps, target)
    except sqlite3.OperationalError as error:
        if _is_held(error):
            text = _("The history in {path} is held by another program.")
            raise HistoryError(text.format(path=path)) from error
        if _is_readable(path, target):
            text = _("Nothing new is kept, because {path} cannot be written: {reason}.")
            text = text.format(path=path, reason=error)
            raise HistoryError(text, is_readable=True) from error
        raise _unusable(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _unusable(path, str(error)) from error
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    return notice


def _is_sound(path: Path) -> bool:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.OperationalError:
        raise  # Locked or not to be opened: that says nothing of what is in it.
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _set_aside(path: Path) -> str:
    aside = path.with_name(f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}")
    path.replace(aside)
    # The newest of it may be in the log beside it, which belongs to no other file.
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    text = _("The history was damaged. It is kept as {path}; a new one was begun.")
    return text.format(path=aside)


def _migrate(path: Path, steps: Mapping[int, tuple[str, ...]], target: int) -> None:
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        version = _version(connection)
        if version > target:
            text = _(
                "The history in {path} was written by a newer accelgui. It is left as it is, and"
                " nothing new is kept; a newer version will show it."
            )
            raise HistoryError(text.format(path=path))
        if version == target:
            _try_to_write(connection)
            return
        if version > 0:
            _back_up(connection, path.with_name(f"{path.name}.schema-{version}"))
        else:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        # A second window may have done it while this one waited.
        for step in range(_version(connection), target):
            for statement in steps[step]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step + 1}")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.OperationalError now, not with the first result, where nothing can be kept."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        # Another window writes at this moment: this one will, later.
        if not _is_held(error):
            raise


def _is_held(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _is_readable(path: Path, target: int) -> bool:
    if not path.exists():
        return False
    try:
        connection = connect_to_read(path)
        try:
            return _version(connection) == target
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    copy = sqlite3.connect(path)
    try:
        connection.backup(copy)
    finally:
        copy.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _unusable(path: Path, reason: str) -> HistoryError:
    text = _("No history is kept, because {path} cannot be used: {reason}.")
    return HistoryError(text.format(path=path, reason=reason))
