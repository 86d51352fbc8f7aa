"""Long JSON takes a tenth of its room when it is compressed."""

from __future__ import annotations

import zlib

# Short texts stay readable for whoever opens the file with a tool of SQLite's.
_LONG = 2000


def packed(text: str) -> str | bytes:
    """Return a text as it is kept: compressed where it is long."""
    return text if len(text) < _LONG else zlib.compress(text.encode())


def unpacked(kept: str | bytes) -> str:
    """Return the text that was kept."""
    return kept if isinstance(kept, str) else zlib.decompress(kept).decode()
