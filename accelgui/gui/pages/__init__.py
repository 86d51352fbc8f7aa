"""One module for each page."""

from __future__ import annotations
