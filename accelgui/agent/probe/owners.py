"""Who may use a node in a tree of files: not we, but the user who looked at the machine."""

from __future__ import annotations

import stat
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Optional

if TYPE_CHECKING:
    import os

_READS = Callable[[str], Optional[str]]


class _User(NamedTuple):
    uid: int
    groups: frozenset[int]


class Owners:
    """Users and groups as the tree's own files name them; `text` reads a file of the tree."""

    def __init__(self, text: _READS) -> None:
        self._text = text

    def stands_open(self, status: os.stat_result) -> bool:
        """Say whether the node may be used, by its mode and, where it is told, by who looked.

        Plain files may stand for nodes, and then belong to whoever made the tree. NVIDIA's have
        0666 or 0660; one that others may read only was made without thinking of its mode.
        """
        mode, user = status.st_mode, self._user
        if mode & stat.S_IROTH:
            return True
        if user is None:
            return False
        if user.uid == 0 or not stat.S_ISCHR(mode):
            return user.uid == 0
        if user.uid == status.st_uid:
            return bool(mode & stat.S_IRUSR)
        return status.st_gid in user.groups and bool(mode & stat.S_IRGRP)

    def user_name(self, uid: int) -> str:
        """Return a user's name, the number where the tree does not tell it."""
        return self._name("/etc/passwd", uid)

    def group_name(self, gid: int) -> str:
        """Return a group's name, the number where the tree does not tell it."""
        return self._name("/etc/group", gid)

    def _name(self, path: str, number: int) -> str:
        rows = (line.split(":") for line in (self._text(path) or "").splitlines())
        told = next((row[0] for row in rows if row[2:3] == [str(number)]), None)
        return told or ("root" if number == 0 else str(number))

    @cached_property
    def _user(self) -> Optional[_User]:
        lines = (self._text("/proc/self/status") or "").splitlines()
        fields = {name: _numbers(rest) for name, _, rest in (line.partition(":") for line in lines)}
        ids = fields.get("Uid", [])
        if len(ids) < 2:
            return None
        # Real, effective, saved and file system's: files are opened with the effective one.
        return _User(ids[1], frozenset([*fields.get("Gid", [])[1:2], *fields.get("Groups", [])]))


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split() if part.isascii() and part.isdecimal()]
