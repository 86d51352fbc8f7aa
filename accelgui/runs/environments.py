"""Finds a person's Pythons, quickly and without starting any of them.

Only well-known places are looked into, none of them deeper than their own names, and the search
ends after a while: a home on a slow network must not hold anything up.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_IS_WINDOWS = sys.platform == "win32"
_BIN, _PROGRAMS = ("Scripts", ("python.exe",)) if _IS_WINDOWS else ("bin", ("python", "python3"))
_NEAR = (".venv", "venv", "env", ".env", "virtualenv")
_CONDA_FOLDERS = (
    "anaconda3",
    "miniconda3",
    "miniforge3",
    "mambaforge",
    "micromamba",
    ".conda",
    ".mamba",
)
_CONDA_ROOTS = ("/opt/conda", "/opt/miniconda3", "/opt/anaconda3", "/opt/miniforge3")
_KERNELS = (
    ".local/share/jupyter/kernels",
    "Library/Jupyter/kernels",
    "AppData/Roaming/jupyter/kernels",
)
_MOST_IN_A_FOLDER = 200
_LEVELS_UP = 2


class EnvironmentKind(Enum):
    """What makes a Python known."""

    OWN = "accelgui"
    CURRENT = "current"
    VENV = "venv"
    CONDA = "conda"
    PYENV = "pyenv"
    UV = "uv"
    JUPYTER = "jupyter"
    SYSTEM = "system"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Environment:
    """A Python that may be examined; `name` is that of its environment, or its path."""

    python: str
    kind: EnvironmentKind
    name: str


def find_environments(
    near: Path | None = None,
    home: Path | None = None,
    variables: Mapping[str, str] = os.environ,
    limit_s: float = 2.0,
    chosen: Sequence[str] = (),
) -> list[Environment]:
    """Return the Pythons of this person, accelgui's own first; each one once.

    `near` is the folder around which virtual environments are looked for, usually the working
    directory; `chosen` are Pythons that the person named, wherever they are. A Python reached by
    several ways counts for the first one.
    """
    search = _Search(near or Path.cwd(), home or Path.home(), variables)
    ends_s = time.monotonic() + limit_s
    found: dict[str, Environment] = {}
    for candidate in search.candidates():
        if time.monotonic() > ends_s:
            break
        if _is_program(candidate.python):
            found.setdefault(_identity(candidate.python), candidate)
    # However long the search took: these need none.
    for python in filter(_is_program, chosen):
        found.setdefault(_identity(python), named(python))
    return list(found.values())


def named(python: str) -> Environment:
    """Return the environment of a Python that a person named."""
    path = _absolute(python)
    return Environment(path, EnvironmentKind.CHOSEN, _name_of(Path(path)))


class _Search:
    def __init__(self, near: Path, home: Path, variables: Mapping[str, str]) -> None:
        self._near = near
        self._home = home
        self._variables = variables

    def candidates(self) -> Iterator[Environment]:
        yield Environment(sys.executable, EnvironmentKind.OWN, _name_of(Path(sys.executable)))
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            if folder := self._variables.get(name):
                yield from _in_prefix(Path(folder), EnvironmentKind.CURRENT)
        yield from self._venvs()
        yield from self._conda()
        yield from self._pyenv()
        yield from self._uv()
        yield from self._kernels()
        yield from self._on_path()

    def _venvs(self) -> Iterator[Environment]:
        for folder in (self._near, *list(self._near.parents)[:_LEVELS_UP]):
            for name in _NEAR:
                yield from _in_prefix(folder / name, EnvironmentKind.VENV)
        for child in _children(self._near):
            for name in _NEAR:
                yield from _in_prefix(child / name, EnvironmentKind.VENV)
            if (child / "pyvenv.cfg").is_file():
                yield from _in_prefix(child, EnvironmentKind.VENV)
        workon = self._variables.get("WORKON_HOME")
        folders = [Path(workon)] if workon else []
        pypoetry = self._home / ".cache/pypoetry/virtualenvs"
        for folder in (
            *folders,
            self._home / ".virtualenvs",
            self._home / ".local/share/virtualenvs",
            self._home / ".venvs",
            self._home / "venvs",
            self._home / ".envs",
            pypoetry,
        ):
            for child in _children(folder):
                yield from _in_prefix(child, EnvironmentKind.VENV)
        for name in _NEAR:
            yield from _in_prefix(self._home / name, EnvironmentKind.VENV)

    def _conda(self) -> Iterator[Environment]:
        listed = _lines(self._home / ".conda/environments.txt")
        for line in listed:
            yield from _in_prefix(Path(line), EnvironmentKind.CONDA)
        roots = [self._home / name for name in _CONDA_FOLDERS]
        roots += [Path(root) for root in _CONDA_ROOTS]
        if program := self._variables.get("CONDA_EXE"):
            roots.insert(0, Path(program).parent.parent)
        if mamba := self._variables.get("MAMBA_ROOT_PREFIX"):
            roots.insert(0, Path(mamba))
        for root in roots:
            yield from _in_prefix(root, EnvironmentKind.CONDA)
            for child in _children(root / "envs"):
                yield from _in_prefix(child, EnvironmentKind.CONDA)

    def _pyenv(self) -> Iterator[Environment]:
        root = Path(self._variables.get("PYENV_ROOT") or self._home / ".pyenv")
        for child in _children(root / "versions"):
            yield from _in_prefix(child, EnvironmentKind.PYENV)
            for inner in _children(child / "envs"):
                yield from _in_prefix(inner, EnvironmentKind.PYENV)

    def _uv(self) -> Iterator[Environment]:
        data = Path(self._variables.get("XDG_DATA_HOME") or self._home / ".local/share") / "uv"
        for folder in ("python", "tools"):
            for child in _children(data / folder):
                yield from _in_prefix(child, EnvironmentKind.UV)

    def _kernels(self) -> Iterator[Environment]:
        folders = [self._home / folder for folder in _KERNELS]
        folders += [Path("/usr/local/share/jupyter/kernels"), Path("/usr/share/jupyter/kernels")]
        for folder in folders:
            for child in _children(folder):
                if (python := _kernel_python(child / "kernel.json")) is not None:
                    yield Environment(python, EnvironmentKind.JUPYTER, child.name)

    def _on_path(self) -> Iterator[Environment]:
        path = self._variables.get("PATH", os.defpath)
        for name in ("python3", "python"):
            found = shutil.which(name, path=path)
            # pyenv's shims only choose among the versions that are listed already.
            if found and Path(found).parent.name != "shims":
                yield Environment(_absolute(found), EnvironmentKind.SYSTEM, found)
        for fixed in ("/usr/bin/python3", "/usr/local/bin/python3"):
            yield Environment(fixed, EnvironmentKind.SYSTEM, fixed)


def _in_prefix(prefix: Path, kind: EnvironmentKind) -> Iterator[Environment]:
    folders = (prefix / _BIN, prefix) if _IS_WINDOWS else (prefix / _BIN,)
    for folder in folders:
        for program in _PROGRAMS:
            if (folder / program).is_file():
                python = _absolute(str(folder / program))
                yield Environment(python, kind, _name_of(Path(python)))
                return


def _name_of(python: Path) -> str:
    prefix = python.parent.parent
    if prefix.name in _NEAR:
        return f"{prefix.parent.name}/{prefix.name}"
    is_one = (prefix / "pyvenv.cfg").is_file() or (prefix / "conda-meta").is_dir()
    return prefix.name if is_one or ".pyenv" in python.parts else str(python)


def _children(folder: Path) -> list[Path]:
    """Return the folders in a folder, none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _is_folder(entry)]
    except (OSError, ValueError):
        return []
    return [folder / name for name in sorted(names)[:_MOST_IN_A_FOLDER]]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return []
    return [line.strip() for line in text.splitlines() if line.strip()][:_MOST_IN_A_FOLDER]


def _kernel_python(path: Path) -> str | None:
    try:
        spec = json.loads(path.read_text(encoding="utf-8"))
        program = spec["argv"][0]
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return None
    # A bare "python" is whichever Jupyter itself runs in, which is not known from here.
    is_path = isinstance(program, str) and Path(program).is_absolute()
    return program if is_path and "python" in Path(program).name else None


def _is_program(python: str) -> bool:
    try:
        return Path(python).is_file() and os.access(python, os.X_OK)
    except (OSError, ValueError):
        return False


def _identity(python: str) -> str:
    """Return what tells environments apart: the folder of a virtual one, else the real program."""
    prefix = Path(python).parent.parent
    if (prefix / "pyvenv.cfg").is_file() or (prefix / "conda-meta").is_dir():
        return os.path.realpath(prefix)
    return os.path.realpath(python)


def _absolute(python: str) -> str:
    # Not resolved: the link in an environment's folder is what makes it that environment.
    return os.path.abspath(python)  # noqa: PTH100
