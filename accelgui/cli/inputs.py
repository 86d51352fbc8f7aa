"""What a person named on the command line, looked at before anything is started."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from accelgui.words import _

if TYPE_CHECKING:
    import argparse


class InputProblem(Exception):  # noqa: N818 - It is the person's input, not an error of ours.
    """What a person named cannot be used; the message is one line."""


def python_of(options: argparse.Namespace) -> str:
    """Return the Python to examine; raises InputProblem where it is no program.

    Symbolic links stay: a virtual environment is told by the path of its link.
    """
    asked = getattr(options, "python", None)
    if asked is None:
        return sys.executable
    found = shutil.which(os.path.expanduser(asked))  # noqa: PTH111 - May be a bare name.
    if found is None:
        raise InputProblem(_("There is no Python at {path}.").format(path=asked))
    return str(Path(found).absolute())


def folder_of(path: str | None) -> str | None:
    """Return a folder's absolute path; raises InputProblem where there is none."""
    if path is None:
        return None
    if not Path(path).is_dir():
        raise InputProblem(_("There is no folder {path}.").format(path=path))
    return str(Path(path).absolute())


def file_of(path: str | None) -> str | None:
    """Return a file's absolute path; raises InputProblem where there is none."""
    if path is None:
        return None
    if not Path(path).is_file():
        raise InputProblem(_("There is no file {path}.").format(path=path))
    return str(Path(path).absolute())
