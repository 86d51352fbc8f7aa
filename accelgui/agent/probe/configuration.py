"""Lines of the system's configuration that decide over GPUs: kernel modules, container engines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.model.snapshot import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.agent.probe.files import Files

_MODULES = re.compile(r"(?i)nvidia|nouveau|vfio[-_]pci")
_CONTAINERS = re.compile(r"(?i)nvidia|no-cgroups|runtime|cgroup")
_KERNEL_ARGUMENTS = re.compile(r"(?i)nvidia|nouveau|blacklist|vfio|iommu|sig_enforce|lockdown")

_FOLDERS = (
    ("/etc/modprobe.d", "*.conf", _MODULES),
    ("/run/modprobe.d", "*.conf", _MODULES),
    ("/usr/local/lib/modprobe.d", "*.conf", _MODULES),
    ("/usr/lib/modprobe.d", "*.conf", _MODULES),
    ("/lib/modprobe.d", "*.conf", _MODULES),
    ("/etc/nvidia-container-runtime", "config.toml", _CONTAINERS),
    ("/etc/docker", "daemon.json", _CONTAINERS),
    ("/etc/containerd", "config.toml", _CONTAINERS),
    ("/etc/containerd/conf.d", "*.toml", _CONTAINERS),
    ("/sys/fs/cgroup/devices", "devices.list", re.compile(r"^[abc] ")),
    ("/var/lib/rancher/k3s/agent/etc/containerd", "config.toml", _CONTAINERS),
)
_MOST_LINES = 200
_LARGEST_BYTES = 1 << 20


def look_at_configuration(files: Files) -> tuple[TextLine, ...]:
    """Return the lines that count; comments do not."""
    found: dict[tuple[str, int], TextLine] = {}
    for folder, pattern, relevant in _FOLDERS:
        for path in files.glob(folder, pattern):
            for number, line in _lines(files, path):
                if relevant.search(line):
                    found.setdefault(
                        (files.real_path(path), number), TextLine(path, line[:400], number)
                    )
    arguments = files.text("/proc/cmdline") or ""
    chosen = [word for word in arguments.split() if _KERNEL_ARGUMENTS.search(word)]
    kernel = [TextLine("/proc/cmdline", word[:400], 1) for word in chosen]
    return (*tuple(found.values())[:_MOST_LINES], *kernel)


def _lines(files: Files, path: str) -> Iterator[tuple[int, str]]:
    data = (files.data(path) or b"")[:_LARGEST_BYTES]
    for number, line in enumerate(data.decode(errors="replace").splitlines(), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped
