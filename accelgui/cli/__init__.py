"""Every command that needs no window."""

from __future__ import annotations


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    return 64 if arguments else 0
