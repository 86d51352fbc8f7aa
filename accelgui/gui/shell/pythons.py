"""The Pythons that a person may want to examine, found without starting any."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from accelgui.words import _

_LONGEST_NAME = 28
_BIN = "Scripts" if sys.platform == "win32" else "bin"
_PYTHON = "python.exe" if sys.platform == "win32" else "python"


def found(recent: list[str]) -> list[str]:
    """Return this Python, those used lately, and those that the surroundings point to."""
    surroundings = [
        *_of_environment(os.environ.get("VIRTUAL_ENV")),
        *_of_environment(os.environ.get("CONDA_PREFIX")),
        *_of_environment(".venv"),
        shutil.which("python3"),
        shutil.which("python"),
    ]
    pythons = [sys.executable, *recent, *(name for name in surroundings if name)]
    return list(dict.fromkeys(_absolute(python) for python in pythons if Path(python).is_file()))


def problem_with(python: str) -> str | None:
    """Say why a path cannot be a Python to examine, None where it may be one."""
    path = Path(python)
    if not path.exists():
        return _("{path} does not exist.").format(path=python)
    if path.is_dir():
        return _("{path} is a folder. Choose the Python program in it.").format(path=python)
    if not os.access(path, os.X_OK):
        return _("{path} is not a program that you may run.").format(path=python)
    return None


def short_name(python: str) -> str:
    """Return the name of the environment that a Python belongs to, or its path."""
    path = Path(python)
    environment = path.parent.parent
    if (environment / "pyvenv.cfg").is_file() or (environment / "conda-meta").is_dir():
        own = environment.name
        return f"{environment.parent.name}/{own}" if own in {".venv", "venv", "env"} else own
    return with_tilde(python)


def shortened(name: str) -> str:
    """Return a name of bearable length, without its middle: the ends tell names apart."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def with_tilde(path: str) -> str:
    """Return a path with the home folder written as ~."""
    home = str(Path.home())
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path


def _of_environment(folder: str | None) -> list[str]:
    return [str(Path(folder) / _BIN / _PYTHON)] if folder else []


def _absolute(python: str) -> str:
    # Not resolved: the link in an environment's folder is what makes it that environment.
    return os.path.abspath(python)  # noqa: PTH100
