"""Declared options, kept in one file."""

from __future__ import annotations
