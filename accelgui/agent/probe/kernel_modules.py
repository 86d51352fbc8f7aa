"""The nvidia kernel module as files: for which kernels it was built, its version, its signature."""

from __future__ import annotations

import os
import re
from typing import IO, TYPE_CHECKING, NamedTuple, Optional, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.probe.files import Files

# Debian adds the driver's branch to the name.
_MODULE = re.compile(r"^nvidia(?:-current|-tesla[\w-]*|-legacy[\w-]*)?\.ko(?:\.\w+)?$")
_FOLDERS = (
    "updates/dkms",
    "updates",
    "extra",
    "extra/nvidia",
    "weak-updates",
    "weak-updates/nvidia",
    "kernel/drivers/video",
    "kernel/drivers/video/nvidia",
    "misc",
    "video",
)
_DKMS = "/var/lib/dkms/nvidia"
_SIGNATURE = b"~Module signature appended~\n"
_VERSION = re.compile(rb"(?:^|[\0\n])version=\s*([\d.]+)")
_LARGEST_MODULE_BYTES = 256 << 20
_PART_BYTES = 1 << 20
_OVERLAP_BYTES = 64
_RELEASE = re.compile(r"Linux version (\S+)")


class Modules(NamedTuple):
    """What is on disk. `path`, `version` and `is_signed` are of the running kernel's module."""

    path: Optional[str]
    version: Optional[str]
    is_signed: Optional[bool]
    kernels: tuple[str, ...]
    folder_seen: bool


def running_kernel(files: Files) -> Optional[str]:
    """Return the release of the running kernel, as uname tells it."""
    told = files.text("/proc/sys/kernel/osrelease")
    banner = _RELEASE.match(files.text("/proc/version") or "")
    return told or (banner[1] if banner else None)


def look_at_modules(files: Files) -> Modules:
    """Find the module for the running kernel and for others."""
    base = "/lib/modules" if files.names("/lib/modules") else "/usr/lib/modules"
    kernel = running_kernel(files)
    found = {name: _module(files, f"{base}/{name}") for name in files.names(base)}
    kernels = [name for name, path in found.items() if path]
    kernels += [name for name, _version in _dkms_builds(files) if name not in kernels]
    path = found.get(kernel or "")
    return Modules(
        path=path,
        version=_version(files, path, kernel or "") if path else None,
        is_signed=_is_signed(files, path) if path else None,
        kernels=tuple(kernels),
        folder_seen=bool(kernel and kernel in found),
    )


def _module(files: Files, base: str) -> Optional[str]:
    packaged = files.glob(f"{base}/kernel", "nvidia-*")  # Ubuntu's prebuilt: kernel/nvidia-580.
    for folder in (*(f"{base}/{name}" for name in _FOLDERS), *packaged):
        for name in files.names(folder):
            if _MODULE.match(name):
                return f"{folder}/{name}"
    return None if files.live else _module_anywhere(files, base)


def _module_anywhere(files: Files, base: str) -> Optional[str]:
    # Small trees only; a real system's would take long and holds it in the folders above.
    place = files.place(base)
    for folder, _folders, names in os.walk(place):
        for name in sorted(names):
            if _MODULE.match(name):
                return f"{base}{folder[len(str(place)) :]}/{name}"
    return None


def _dkms_builds(files: Files) -> list[tuple[str, str]]:
    """Return kernel and version of each module that DKMS has built."""
    return [
        (kernel, version)
        for version in files.names(_DKMS)
        for kernel in files.names(f"{_DKMS}/{version}")
        for machine in files.names(f"{_DKMS}/{version}/{kernel}")
        if any(map(_MODULE.match, files.names(f"{_DKMS}/{version}/{kernel}/{machine}/module")))
    ]


def _version(files: Files, path: str, kernel: str) -> Optional[str]:
    # To unpack a real system's module takes a second; nothing in Python 3.9 unpacks .zst.
    is_readable = path.endswith(".ko") or (not files.live and path.endswith((".xz", ".gz")))
    told = _version_inside(files, path) if is_readable else None
    if told or "dkms" not in path:
        return told or _packaged_version(path)
    # Compressed modules are not unpacked; DKMS names the version in its folders.
    built = [version for name, version in _dkms_builds(files) if name == kernel]
    sources = files.glob("/usr/src", "nvidia-[0-9]*")
    match = re.search(r"nvidia-(\d+\.\d+(?:\.\d+)?)$", sources[-1]) if sources else None
    return built[-1] if built else match and match[1]


def _packaged_version(path: str) -> Optional[str]:
    match = re.search(r"/nvidia-(\d+\.\d+(?:\.\d+)?)/", path)
    return match[1] if match else None


def _version_inside(files: Files, path: str) -> Optional[str]:
    for part in _parts(files, path):
        # Most parts do not even hold the word, which is found much faster than the pattern.
        match = _VERSION.search(part) if b"version=" in part else None
        if match:
            return match[1].decode()
    return None


def _parts(files: Files, path: str) -> Iterator[bytes]:
    """Yield the module piece by piece, unpacked, each with the end of the one before."""
    before, left = b"", _LARGEST_MODULE_BYTES
    try:
        if not files.place(path).is_file():  # A pipe would be waited for.
            return
        with _opened(files, path) as file:
            while left > 0 and (part := file.read(_PART_BYTES)):
                yield before + part
                before, left = part[-_OVERLAP_BYTES:], left - len(part)
    except Exception:  # noqa: BLE001 - lzma.LZMAError where there is an lzma; ImportError elsewhere.
        return


def _opened(files: Files, path: str) -> IO[bytes]:
    place = files.place(path)
    # A Python that was built without the libraries for them lacks these modules.
    if path.endswith(".xz"):
        import lzma

        return lzma.open(place, "rb")
    if path.endswith(".gz"):
        import gzip

        return cast("IO[bytes]", gzip.open(place, "rb"))
    return place.open("rb")


def _is_signed(files: Files, path: str) -> Optional[bool]:
    """Return whether a signature stands at the end, None where the file is packed or empty."""
    end = files.end(path, 4097) if path.endswith(".ko") else None
    # A stand-in that only has the module's name says nothing about signatures.
    return None if end is None or len(end) <= 4096 else end.endswith(_SIGNATURE)
