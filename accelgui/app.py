"""The one place where everything is built and joined.

What a command needs is imported when it is known which one it is: the window must not wait for the
command line's modules, nor a command for Qt.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from accelgui import cli
from accelgui.gui import display

if TYPE_CHECKING:
    from accelgui.gui.display import NoWindow


def main(arguments: list[str] | None = None) -> int:
    """Run accelgui; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return _run(arguments)
    except BrokenPipeError:
        # The reader (``| head``) has all that it wanted; Python must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(cli.ExitCode.BAD)


def _run(arguments: list[str]) -> int:
    options = cli.window_options(arguments)
    if options is None:
        return cli.main(arguments)
    if (reason := display.reason_for_no_window()) is not None:
        sys.stderr.write(_words(reason) + "\n")
        return cli.main(arguments)

    from accelgui.gui.application import run_window  # noqa: PLC0415 - Qt, and only now.

    return run_window(options.python, options.language, options.replay)


def _words(reason: NoWindow) -> str:
    from accelgui.words import window  # noqa: PLC0415

    return window.no_window(reason.display, reason.libraries, reason.packages)
