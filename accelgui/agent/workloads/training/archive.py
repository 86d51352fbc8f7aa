"""An archive of arrays, read so that nothing in it can harm, and every fault has its words."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from accelgui.agent.memory import host
from accelgui.model.data_faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ARRAYS = ("x_train", "y_train", "x_test", "y_test")

_BEGIN_OF_ZIP = b"PK"
_GIB = 1 << 30


class ArchiveError(Exception):
    """What is wrong with a file, without its name: a code of FAULTS."""

    def __init__(self, code: str, **parameters: Any) -> None:
        self.code = code
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(FAULTS[code].format(**self.parameters))


def read(file: Path) -> dict[str, Any]:
    """Return the ARRAYS of a file, of numbers all; raises ArchiveError."""
    import numpy as np

    try:
        if file.is_dir():
            raise ArchiveError("folder")
        if not zipfile.is_zipfile(file):
            if _begin(file) == _BEGIN_OF_ZIP:
                raise ArchiveError("cut_off")
            raise ArchiveError("no_archive")
        with np.load(file, allow_pickle=False) as archive:
            _require_arrays(archive.files)
            _require_memory(archive.zip.infolist())
            return {name: _array(archive, name) for name in ARRAYS}
    except (OSError, zipfile.BadZipFile) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise ArchiveError("unreadable", words=words) from error


def _begin(file: Path) -> bytes:
    """Let the system say why a file cannot be opened; is_zipfile only says that it is no zip."""
    with file.open("rb") as opened:
        return opened.read(len(_BEGIN_OF_ZIP))


def _require_arrays(names: list[str]) -> None:
    missing = [name for name in ARRAYS if name not in names]
    if missing:
        there = ", ".join(names) or "nothing"
        raise ArchiveError("lacks_arrays", missing=", ".join(missing), there=there)


def _require_memory(members: Sequence[zipfile.ZipInfo]) -> None:
    """Look before: Linux grants memory that it does not have, and ends who uses it."""
    wanted = {f"{name}.npy" for name in ARRAYS}
    sizes = [member.file_size for member in members if member.filename in wanted]
    free = host.memory_now().free_bytes
    if free is not None and sum(sizes) > free:
        needed_gib, free_gib = sum(sizes) / _GIB, free / _GIB
        raise ArchiveError("larger_than_memory", needed=f"{needed_gib:.1f}", free=f"{free_gib:.1f}")


def _array(archive: Mapping[str, Any], name: str) -> Any:
    try:
        array = archive[name]
    except MemoryError as error:
        raise ArchiveError("array_too_large", name=name) from error
    except (ValueError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        # NumPy refuses arrays of Python objects: reading them would run code from the file.
        if "allow_pickle" in str(error):
            raise ArchiveError("objects", name=name) from error
        raise ArchiveError("damaged", name=name, words=error) from error
    if not hasattr(array, "dtype") or array.dtype.kind not in "biuf":
        raise ArchiveError("no_numbers", name=name, dtype=getattr(array, "dtype", "raw bytes"))
    return array
