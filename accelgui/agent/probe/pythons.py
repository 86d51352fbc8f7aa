"""The Pythons below a sysroot and the frameworks in them, from folders and metadata alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Optional

from accelgui.agent.probe.contents import contents_of
from accelgui.agent.probe.metadata import framework_in
from accelgui.model.events import FrameworkSeen, PythonSeen
from accelgui.model.requests import FRAMEWORKS
from accelgui.model.snapshot import Framework, PythonContents, PythonFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.channel import Channel
    from accelgui.agent.probe.files import Files
    from accelgui.model.snapshot import Host

_LIBRARY_FOLDERS = ("lib", "lib64", "local/lib")
_PYTHON = re.compile(r"python(\d(?:\.\d+)?)$")
_VENV_NAMES = ("venv", ".venv", "env", "virtualenv")

# Environments at well-known places; a tree may hold a whole disk, so nothing is searched for.
_PREFIXES = ("/usr", "/usr/local", "/opt", "/app", "/workspace", "/venv", "/root", "/srv")
_SHARED = {"/opt", "/app", "/workspace", "/srv"}
_CONDA_NAMES = (
    "anaconda3",
    "conda",
    "mambaforge",
    "micromamba",
    "miniconda3",
    "miniforge3",
    "mamba",
)
_MOST_PREFIXES = 200


class _Python(NamedTuple):
    prefix: str
    version: str
    contents: PythonContents
    frameworks: tuple[Framework, ...]
    is_conda: bool


def tell_python(files: Files, host: Host, channel: Channel) -> None:
    """Send the Python that holds most for deep learning, and its frameworks."""
    chosen = [host.environment.get(name) for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    prefixes = dict.fromkeys([*filter(None, chosen), *_prefixes(files)])
    found = [python for prefix in prefixes for python in _pythons(files, prefix, host)]
    if not found:
        return
    # With equal frameworks the one that somebody works in beats the others.
    best = max(found, key=lambda python: (_weight(python), python.prefix in chosen))
    facts = PythonFacts(
        executable=f"{best.prefix}/bin/python3",
        version=best.version,
        prefix=best.prefix,
        is_virtual_environment=files.exists(f"{best.prefix}/pyvenv.cfg"),
        is_conda=best.is_conda,
        machine=host.machine or None,
    )
    channel.send(PythonSeen(best.contents, facts))
    for framework in best.frameworks:
        channel.send(FrameworkSeen(framework))


def _weight(python: _Python) -> tuple[int, int, int]:
    # With equal frameworks the environment that somebody made beats the system's own.
    return (
        len(python.frameworks),
        len(python.contents.packages),
        int(python.prefix not in {"/usr", "/usr/local"}),
    )


def _prefixes(files: Files) -> Iterator[str]:
    """Yield folders that may be the prefix of a Python."""
    homes = [f"/home/{name}" for name in files.names("/home")]
    roots = list(dict.fromkeys([*_PREFIXES, *homes, *(f"/{n}" for n in files.names("/"))]))
    count = 0
    for root in roots:
        for prefix in (root, *_below(files, root)):
            count += 1
            if count > _MOST_PREFIXES:
                return
            yield prefix


def _below(files: Files, root: str) -> Iterator[str]:
    names = files.names(root)
    if root in _SHARED:
        yield from (f"{root}/{name}" for name in names)
    is_home = root == "/root" or root.startswith("/home/")
    if is_home:
        yield f"{root}/.local"
    yield from (f"{root}/{name}" for name in (*_VENV_NAMES, *_CONDA_NAMES) if name in names)
    yield from files.glob(f"{root}/.virtualenvs", "*")
    yield from files.glob(f"{root}/.pyenv/versions", "*")
    for name in (name for name in _CONDA_NAMES if name in names):
        yield from files.glob(f"{root}/{name}/envs", "*")
    if is_home or root in _SHARED:
        yield from _of_projects(files, [f"{root}/{name}" for name in names])


def _of_projects(files: Files, folders: list[str]) -> Iterator[str]:
    for folder in folders:
        names = files.names(folder)
        yield from (f"{folder}/{name}" for name in _VENV_NAMES if name in names)


def _pythons(files: Files, prefix: str, host: Host) -> Iterator[_Python]:
    is_conda = bool(files.names(f"{prefix}/conda-meta"))
    for folder in _LIBRARY_FOLDERS:
        for path in files.glob(f"{prefix}/{folder}", "python3*"):
            match = _PYTHON.search(path)
            sites = [f"{path}/{name}" for name in ("site-packages", "dist-packages")]
            if match is None or not any(files.names(site) for site in sites):
                continue
            contents = contents_of(files, sites, prefix if is_conda else None)
            found = (framework_in(files, n, contents, host, prefix) for n in FRAMEWORKS)
            frameworks = tuple(framework for framework in found if framework is not None)
            version = _version(files, prefix) or match[1]
            yield _Python(prefix, version, contents, frameworks, is_conda)


def _version(files: Files, prefix: str) -> Optional[str]:
    match = re.search(r"^version(?:_info)? *= *([\d.]+)", files.text(f"{prefix}/pyvenv.cfg") or "",
                      re.MULTILINE)  # fmt: skip
    return match[1].rstrip(".") if match else None
