"""Dies before its first word."""

from __future__ import annotations

raise RuntimeError("cannot even begin")
