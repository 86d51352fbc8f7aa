"""Reads /etc/ld.so.cache, which says where the loader finds a library by name.

Layout: glibc's dl-cache.h (struct cache_file_new), alone since glibc 2.32 and behind the old
table before.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files

_PATH = "/etc/ld.so.cache"
_MAGIC = b"glibc-ld.so.cache1.1"
_HEADER = struct.Struct("=20s I I B 3x I 12x")
_ENTRY = struct.Struct("=i I I I Q")


def library_paths(files: Files) -> Optional[list[str]]:
    """Return the paths in the cache in its order, None where there is no cache to read."""
    data = files.data(_PATH) or b""
    start = data.find(_MAGIC)
    if start < 0:
        return None
    try:
        return _paths(data[start:])
    except struct.error:  # Cut off: as good as none.
        return None


def _paths(data: bytes) -> list[str]:
    _magic, count, *_ = _HEADER.unpack_from(data)
    paths = []
    for index in range(count):
        _flags, _key, value, _os, _hwcap = _ENTRY.unpack_from(
            data, _HEADER.size + index * _ENTRY.size
        )
        end = data.find(b"\0", value)
        paths.append(data[value:end].decode(errors="replace"))
    return paths
