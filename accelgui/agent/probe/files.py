"""The one way to files: below a root, and never raising for what is not there."""

from __future__ import annotations

import errno
import os
import stat
import threading
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Optional

from accelgui.agent.probe.owners import Owners
from accelgui.model.snapshot import DeviceNode

_LINKS_FOLLOWED = 40  # As many as Linux follows before it says ELOOP.

# The driver answers these itself: one that hangs never does, and a thread that waits for it
# cannot be ended, only be left behind.
_ANSWERED_BY_DRIVERS = ("/proc/driver/nvidia",)
_DRIVER_LIMIT_S = 3.0

# A path that was made of a file's content may hold a zero byte, which is a ValueError.
_ABSENT = (OSError, ValueError)

# No file that is read as a whole comes near; the status of all packages takes some megabytes,
# the longest text of /proc, that of a thousand processors, two.
_LARGEST_BYTES = 64 << 20
_LARGEST_TEXT_BYTES = 4 << 20


# read(n) takes n bytes of memory for a file of ten: too many where memory has run out.
_PIECE_BYTES = 64 << 10


class Files:
    """Files of a machine. Paths are absolute as that machine has them.

    With a root other than "/", symbolic links are followed inside it, also absolute ones.
    """

    def __init__(
        self,
        root: Optional[str] = None,
        *,
        answered_by_drivers: tuple[str, ...] = _ANSWERED_BY_DRIVERS,
        limit_s: float = _DRIVER_LIMIT_S,
    ) -> None:
        self._root = Path(root) if root else None
        self._answered_by_drivers = answered_by_drivers
        self._limit_s = limit_s
        # What was read and gave no answer in time.
        self.silent: list[str] = []

    @cached_property
    def _owners(self) -> Owners:
        return Owners(self.text)

    @property
    def live(self) -> bool:
        """Are these the files of the running machine?"""
        return self._root is None

    def text(self, path: str) -> Optional[str]:
        """Return the content without surrounding white space, None where it cannot be read."""
        data = self.data(path, _LARGEST_TEXT_BYTES)
        return None if data is None else data.decode(errors="replace").strip()

    def data(self, path: str, most_bytes: int = _LARGEST_BYTES) -> Optional[bytes]:
        """Return the bytes of a file, None where it cannot be read; of a giant the first ones."""
        if self.live and path.startswith(self._answered_by_drivers):
            return self._data_in_time(path)
        try:
            place = self.place(path)
            # A pipe in a tree of files would be waited for.
            if not self.live and not place.is_file():
                return None
            with place.open("rb") as file:
                return _read(file, most_bytes)
        except _ABSENT:
            return None

    def end(self, path: str, size_bytes: int) -> Optional[bytes]:
        """Return the last bytes of a regular file, None where there is no such file."""
        try:
            place = self.place(path)
            if not place.is_file():
                return None
            with place.open("rb") as file:
                file.seek(max(0, place.stat().st_size - size_bytes))
                return file.read(size_bytes)
        except _ABSENT:
            return None

    def _data_in_time(self, path: str) -> Optional[bytes]:
        if self.silent:
            return None
        answers: list[bytes] = []
        reader = threading.Thread(target=_read_into, args=(path, answers), daemon=True)
        reader.start()
        reader.join(self._limit_s)
        if reader.is_alive():
            self.silent.append(path)
        return answers[0] if answers else None

    def number(self, path: str) -> Optional[int]:
        """Return the whole number that a file holds, decimal or 0x…, None for anything else."""
        try:
            return int(self.text(path) or "", 0)
        except ValueError:
            return None

    def names(self, folder: str) -> list[str]:
        """Return what a folder holds, numbers in names sorted as numbers."""
        try:
            return sorted(os.listdir(self.place(folder)), key=_natural)  # noqa: PTH208 - Names.
        except _ABSENT:
            return []

    def glob(self, folder: str, pattern: str) -> list[str]:
        """Return the paths below a folder that fit a pattern without directories, sorted."""
        names = (name for name in self.names(folder) if fnmatchcase(name, pattern))
        return [f"{folder.rstrip('/')}/{name}" for name in names]

    def exists(self, path: str) -> bool:
        """Is there anything at this path?"""
        try:
            return self.place(path).exists()
        except _ABSENT:
            return False

    def link_name(self, path: str) -> Optional[str]:
        """Return the last part of what a symbolic link points to, None where there is no link."""
        try:
            return PurePosixPath(os.readlink(self.place(path, follow_last=False))).name  # noqa: PTH115 - A str, as the link has it.
        except _ABSENT:
            return None

    def real_path(self, path: str) -> str:
        """Return the path with every symbolic link followed, as the machine has it."""
        if self._root is None:
            return os.path.realpath(path)
        try:
            return self._followed(path, follow_last=True)
        except _ABSENT:
            return path

    def node(self, path: str) -> Optional[DeviceNode]:
        """Return what may be done with a device node, None where there is none."""
        try:
            place = self.place(path)
            status = place.stat()
        except _ABSENT:
            return None
        stands_open = None if self.live else self._owners.stands_open(status)
        return DeviceNode(
            path=path,
            readable=os.access(place, os.R_OK) if stands_open is None else stands_open,
            writable=os.access(place, os.W_OK) if stands_open is None else stands_open,
            mode=f"{stat.S_IMODE(status.st_mode):04o}",
            owner=_owner(status.st_uid) if self.live else self._owners.user_name(status.st_uid),
            group=_group(status.st_gid) if self.live else self._owners.group_name(status.st_gid),
        )

    def nodes(self, folder: str, pattern: str) -> list[DeviceNode]:
        """Return the nodes in a folder whose names fit a pattern; folders are left out."""
        found = map(self.node, [p for p in self.glob(folder, pattern) if not self.is_folder(p)])
        return [node for node in found if node is not None]

    def is_folder(self, path: str) -> bool:
        """Is there a folder at this path?"""
        try:
            return self.place(path).is_dir()
        except _ABSENT:
            return False

    def place(self, path: str, *, follow_last: bool = True) -> Path:
        """Return where a file of the machine lies on the machine that runs this."""
        if self._root is None:
            return Path(path)
        return self._root / self._followed(path, follow_last=follow_last).lstrip("/")

    def _followed(self, path: str, *, follow_last: bool) -> str:
        assert self._root is not None
        pending = list(PurePosixPath("/", path).parts[1:])
        done: list[str] = []
        links = 0
        while pending:
            part = pending.pop(0)
            if part == "..":
                done = done[:-1]
                continue
            here = self._root.joinpath(*done, part)
            if here.is_symlink() and (pending or follow_last):
                links += 1
                if links > _LINKS_FOLLOWED:
                    # What is left unfollowed here, the system itself would follow out of the root.
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                target = PurePosixPath(os.readlink(here))  # noqa: PTH115
                done = [] if target.is_absolute() else done
                pending = [p for p in target.parts if p != "/"] + pending
            else:
                done.append(part)
        return "/" + "/".join(done)


def _read_into(path: str, answers: list[bytes]) -> None:
    try:
        answers.append(Path(path).read_bytes())
    except _ABSENT:
        return


def _natural(name: str) -> list[tuple[int, str]]:
    parts: list[tuple[int, str]] = []
    digits = ""
    for character in name:
        if character.isdecimal():
            digits += character
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, character))
    return [*parts, (int(digits), "")] if digits else parts


def _owner(uid: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)


def _group(gid: int) -> str:
    try:
        import grp

        return grp.getgrgid(gid).gr_name
    except (ImportError, KeyError):
        return str(gid)


def _read(file: BinaryIO, most_bytes: int) -> bytes:
    pieces: list[bytes] = []
    while most_bytes > 0 and (piece := file.read(min(_PIECE_BYTES, most_bytes))):
        pieces.append(piece)
        most_bytes -= len(piece)
    return b"".join(pieces)
