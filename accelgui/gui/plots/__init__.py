"""Plots on a shared time axis."""

from __future__ import annotations
