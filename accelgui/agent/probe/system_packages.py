"""Packages and programs of the system that belong to the NVIDIA driver or lend GPUs to containers.

Read from the package managers' own text files; what only a database holds (RPM) is told by the
programs that such packages bring.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from accelgui.model.snapshot import Package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.probe.files import Files

_DPKG = "/var/lib/dpkg/status"
_PACMAN = "/var/lib/pacman/local"
_STANZA = re.compile(
    rb"^Package: (?P<name>(?:lib)?nvidia-[\w.+-]+|libcuda1|cuda-(?:compat|drivers)[\w.+-]*"
    rb"|docker[\w.+-]*|containerd[\w.+-]*|linux-modules-nvidia[\w.+-]*)\n(?P<rest>(?:.+\n)*)",
    re.MULTILINE,
)
_VERSION = re.compile(rb"^Version: (.+)$", re.MULTILINE)
_INSTALLED = re.compile(rb"^Status: \S+ ok installed$", re.MULTILINE)
_PACMAN_NAME = re.compile(r"^((?:lib)?nvidia[\w.+-]*?|docker|containerd)-([\w.:+]+-[\d.]+)$")
_DRIVER_LIBRARIES = re.compile(r"libnvidia-compute|libcuda1$|libnvidia-ml1$|nvidia-utils")
# Without epoch and the distribution's own revision: 1:550.54.14-0ubuntu1.
_UPSTREAM = re.compile(r"(?:\d+:)?(\d{3}\.\d+(?:\.\d+)?)(?:-|$)")
_PROGRAMS = (
    "containerd",
    "docker",
    "dockerd",
    "dockerd-rootless.sh",
    "kubelet",
    "nv-fabricmanager",
    "nvidia-container-cli",
    "nvidia-container-runtime",
    "nvidia-container-runtime-hook",
    "nvidia-ctk",
    "nvidia-persistenced",
    "nvidia-smi",
)
_PROGRAM_FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/snap/bin")


def look_at_packages(files: Files) -> tuple[Package, ...]:
    """Return the packages with their versions, then the programs, whose version is empty."""
    return (*_dpkg(files), *_pacman(files), *_programs(files))


def packaged_driver(packages: tuple[Package, ...]) -> Optional[str]:
    """Return the version of the driver's libraries as their packages have it."""
    for package in packages:
        match = _UPSTREAM.match(package.version)
        if match and _DRIVER_LIBRARIES.match(package.name):
            return match[1]
    return None


def _dpkg(files: Files) -> Iterator[Package]:
    for stanza in _STANZA.finditer(files.data(_DPKG) or b""):
        version = _VERSION.search(stanza["rest"])
        # A tree that was made by hand may leave the status out.
        is_listed = b"\nStatus: " not in b"\n" + stanza["rest"]
        if version and (is_listed or _INSTALLED.search(stanza["rest"])):
            yield Package(
                stanza["name"].decode(), version[1].decode(errors="replace").strip(), _DPKG
            )


def _pacman(files: Files) -> Iterator[Package]:
    for name in files.names(_PACMAN):
        if match := _PACMAN_NAME.match(name):
            yield Package(match[1], match[2], _PACMAN)


def _programs(files: Files) -> Iterator[Package]:
    for name in _PROGRAMS:
        for folder in _PROGRAM_FOLDERS:
            if files.exists(f"{folder}/{name}"):
                yield Package(name, "", f"{folder}/{name}")
                break
    # Kubernetes may be installed anywhere, and works here.
    if files.names("/var/lib/kubelet") or files.exists("/etc/kubernetes/kubelet.conf"):
        yield Package("kubelet", "", "/var/lib/kubelet")
    # Its program is a link to snap itself, which a tree may not hold.
    if files.names("/snap/docker") and not files.exists("/snap/bin/docker"):
        yield Package("docker", "", "/snap/docker")
