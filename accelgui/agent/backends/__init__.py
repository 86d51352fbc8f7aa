"""Frameworks behind one small interface."""

from __future__ import annotations
