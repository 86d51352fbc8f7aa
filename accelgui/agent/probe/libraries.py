"""Shared libraries that a framework may load, in the order in which the loader finds them.

LD_LIBRARY_PATH comes first, then the loader's cache, or the folders that ldconfig would put
there. Last come well-known folders that no loader searches: a library is there, and yet cannot be
found. What Pythons bring stands with them (contents.py).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Optional

from accelgui.agent.probe import loader_cache
from accelgui.model.snapshot import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accelgui.agent.probe.files import Files

NAMES = (
    "libcuda",
    "libnvidia-ml",
    "libcudart",
    "libcublas",
    "libcublasLt",
    "libcudnn",
    "libcufft",
    "libcurand",
    "libcusolver",
    "libcusparse",
    "libcupti",
    "libnvrtc",
    "libnvJitLink",
    "libnccl",
    "libnvshmem_host",
    "libnvinfer",
    "libdxcore",
    "libtpu",
)

# The loader searches these with no cache at all.
SYSTEM_FOLDERS = (
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
)
WELL_KNOWN_FOLDERS = (
    "/usr/lib/wsl/lib",
    "/usr/lib/x86_64-linux-gnu/nvidia/current",
    "/usr/local/nvidia/lib64",
    "/usr/lib/aarch64-linux-gnu/tegra",
    "/run/opengl-driver/lib",  # NixOS.
)

_FILE_NAME = re.compile(r"^(?P<stem>.+?)\.so(?:\.(?P<version>[\d.]+))?$")
# What programs ask for: libcuda.so.1, neither libcuda.so nor libcuda.so.580.65.06.
_SONAME = re.compile(r"\.so\.\d+$")


def look_at_libraries(
    files: Files, variables: Mapping[str, str] = os.environ
) -> tuple[Library, ...]:
    """Return every copy of the libraries; of equal names the first is the one that is loaded.

    A file with several links to it is told once, by the name that programs ask for.
    """
    found: dict[str, Library] = {}
    for library in _all(files, variables.get("LD_LIBRARY_PATH", "")):
        key = files.real_path(library.path)
        known = found.setdefault(key, library)
        if known.origin == library.origin and not _SONAME.search(known.name):
            found[key] = library if _SONAME.search(library.name) else known
    return tuple(sorted(found.values(), key=lambda library: NAMES.index(_stem(library.name))))


def _all(files: Files, search_path: str) -> Iterator[Library]:
    for folder in search_path.split(":"):
        yield from _in_folder(files, folder, "LD_LIBRARY_PATH") if folder else ()
    cached = loader_cache.library_paths(files)
    for path in cached or ():
        yield from library_at(files, path, "ldconfig")
    if cached is None:
        for folder in configured_folders(files) or ():
            yield from _in_folder(files, folder, "ldconfig")
    for folder in SYSTEM_FOLDERS:
        yield from _in_folder(files, folder, "ldconfig")
    for folder in _unsearched_folders(files):
        yield from _in_folder(files, folder, "path")


def configured_folders(files: Files) -> Optional[tuple[str, ...]]:
    """Return the folders that /etc/ld.so.conf names, None where it names none and no others."""
    # In the order of their bytes, as ldconfig reads them: 00-compat.conf comes first.
    paths = ["/etc/ld.so.conf", *sorted(files.glob("/etc/ld.so.conf.d", "*.conf"))]
    texts = [text for text in map(files.text, paths) if text is not None]
    if not texts:
        return None
    lines = (line.partition("#")[0].strip() for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line.startswith("/")))


def _unsearched_folders(files: Files) -> Iterator[str]:
    yield from WELL_KNOWN_FOLDERS
    for toolkit in (*files.glob("/usr/local", "cuda*"), "/opt/cuda"):
        yield f"{toolkit}/lib64"
        yield f"{toolkit}/targets/x86_64-linux/lib"
        yield f"{toolkit}/compat"


def _in_folder(files: Files, folder: str, origin: str) -> Iterator[Library]:
    for path in files.glob(folder, "lib*.so*"):
        yield from library_at(files, path, origin)


def library_at(
    files: Files, path: str, origin: str, version: Optional[str] = None
) -> Iterator[Library]:
    """Yield the library at a path if it is one of those that matter, else nothing."""
    name = path.rsplit("/", 1)[-1]
    match = _FILE_NAME.match(name)
    if match is None or match["stem"] not in NAMES or not files.exists(path):
        return
    real = _FILE_NAME.match(files.real_path(path).rsplit("/", 1)[-1])
    told = version or (real and real["version"]) or match["version"]
    yield Library(name=name, path=path, origin=origin, version=told)


def _stem(name: str) -> str:
    return name.partition(".so")[0]
