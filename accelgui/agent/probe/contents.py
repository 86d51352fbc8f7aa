"""What a Python holds that bears on the chain, read from its folders; nothing is imported.

The names of packages are those of their metadata folders: to open each one's metadata would cost
more than the rest of the look.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Optional

from accelgui.agent.probe.libraries import library_at
from accelgui.model.snapshot import Package, PythonContents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.probe.files import Files
    from accelgui.model.snapshot import Library

_METADATA = re.compile(r"^(?P<name>.+?)-(?P<version>[^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info$")
_RELEVANT = re.compile(
    r"tensorflow|tf-nightly|intel-tensorflow|keras|torch|triton|jax|nvidia-|pynvml|tensorrt"
    r"|libtpu|onnxruntime|numpy$|protobuf$|ml-dtypes$|cupy|xla"
)
_REQUIRING = re.compile(r"tensorflow|tf-nightly|torch|jax|onnxruntime")
_REQUIRED = re.compile(
    r"^Requires-Dist: *((?:nvidia-|numpy|protobuf|libtpu|jax|torch|ml[_-]dtypes|tensorrt).*)$",
    re.MULTILINE,
)
_LARGEST_METADATA_BYTES = 1 << 20


def look_at_this_python(files: Files) -> PythonContents:
    """Return the contents of the Python that runs this."""
    conda = sys.prefix if files.names(f"{sys.prefix}/conda-meta") else None
    return contents_of(files, [path for path in sys.path if path], conda)


def contents_of(files: Files, sites: list[str], conda_prefix: Optional[str]) -> PythonContents:
    """Return the packages and CUDA libraries in folders of packages, and in a conda prefix."""
    used = tuple(dict.fromkeys(site for site in sites if files.names(site)))
    packages = tuple(package for site in used for package in _packages(files, site))
    versions = {(package.site, package.name): package.version for package in packages}
    libraries: dict[str, Library] = {}
    for library in _libraries(files, used, conda_prefix, versions):
        libraries.setdefault(files.real_path(library.path), library)
    return PythonContents(sites=used, packages=packages, libraries=tuple(libraries.values()))


def _packages(files: Files, site: str) -> Iterator[Package]:
    for folder in files.names(site):
        match = _METADATA.match(folder)
        if match is None:
            continue
        name = re.sub(r"[-_.]+", "-", match["name"]).lower()
        if _RELEVANT.match(name):
            yield Package(
                name, match["version"], site, _requirements(files, f"{site}/{folder}", name)
            )


def _requirements(files: Files, folder: str, name: str) -> tuple[str, ...]:
    if not _REQUIRING.match(name):
        return ()
    data = files.data(f"{folder}/METADATA") or files.data(f"{folder}/PKG-INFO") or b""
    head = data[:_LARGEST_METADATA_BYTES].decode(errors="replace").partition("\n\n")[0]
    return tuple(line.strip() for line in _REQUIRED.findall(head))


def _libraries(
    files: Files,
    sites: tuple[str, ...],
    conda: Optional[str],
    versions: dict[tuple[str, str], str],
) -> Iterator[Library]:
    for site in sites:
        for folder in files.names(f"{site}/nvidia"):
            # nvidia/cuda_runtime belongs to nvidia-cuda-runtime-cu12; nvidia/cu13 to many.
            name = f"nvidia-{folder.replace('_', '-')}"
            told = [versions.get((site, f"{name}{end}")) for end in ("-cu13", "-cu12", "-cu11", "")]
            version = next((version for version in told if version), None)
            yield from _in_folder(files, f"{site}/nvidia/{folder}/lib", version)
        for folder in ("torch/lib", "tensorrt_libs", "libtpu", "jaxlib/cuda"):
            yield from _in_folder(files, f"{site}/{folder}")
    if conda:
        yield from _in_folder(files, f"{conda}/lib")


def _in_folder(files: Files, folder: str, version: Optional[str] = None) -> Iterator[Library]:
    for path in files.glob(folder, "lib*.so*"):
        yield from library_at(files, path, "python", version)
