"""Looks at the machine and at frameworks; reports facts, draws no conclusions."""

from __future__ import annotations
