"""Every result with what it told, in one SQLite file of this user."""

from __future__ import annotations

from accelgui.history.entries import Entry
from accelgui.history.history import History
from accelgui.history.kept import Kept, kept
from accelgui.history.opening import HistoryError, default_path
from accelgui.history.tidying import Tidied
from accelgui.history.writer import Writer

__all__ = [
    "Entry",
    "History",
    "HistoryError",
    "Kept",
    "Tidied",
    "Writer",
    "default_path",
    "kept",
]
