"""The one place where everything is built and joined."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run accelgui; returns the exit code."""
    from accelgui import cli  # noqa: PLC0415 - To be replaced as the house fills.

    return cli.main(sys.argv[1:] if arguments is None else arguments)
