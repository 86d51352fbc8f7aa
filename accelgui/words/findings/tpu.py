"""Words of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author

TEXTS: dict[str, Author] = {}
