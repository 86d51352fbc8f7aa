"""The frame around the pages: rail, header and status line."""

from __future__ import annotations
