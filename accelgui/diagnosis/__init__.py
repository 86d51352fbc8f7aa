"""Pure functions from what was found to what it means."""

from __future__ import annotations
