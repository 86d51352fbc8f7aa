"""NVSwitches and the service that sets them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files
    from accelgui.model.snapshot import Package

_DEVICES = "/sys/bus/pci/devices"
# The bridge class under which NVSwitches stand, which no GPU has.
_SWITCH_CLASS = "0x0680"
# The kernel keeps fifteen characters of a program's name.
_COMMAND = "nv-fabricmanager"[:15]
_UNIT_FOLDERS = ("/run/systemd/units", "/sys/fs/cgroup/system.slice")
_PID_FILES = ("/run/nvidia-fabricmanager/nv-fabricmanager.pid",
              "/var/run/nvidia-fabricmanager/nv-fabricmanager.pid")  # fmt: skip


class Fabric(NamedTuple):
    """How many switches there are, whether their service runs, and its version."""

    switch_count: int
    manager_running: Optional[bool]
    manager_version: Optional[str]


def look_at_fabric(files: Files, packages: tuple[Package, ...], *, in_container: bool) -> Fabric:
    """Look for switches; only where there are some, also for the service."""
    count = sum(_is_switch(files, address) for address in files.names(_DEVICES))
    count = count or len(files.names("/proc/driver/nvidia-nvswitch/devices"))
    version = next((p.version for p in packages if "fabricmanager" in p.name and p.version), None)
    running = _is_running(files) if count and not in_container else None
    return Fabric(count, running, version.partition("-")[0] if version else None)


def _is_switch(files: Files, address: str) -> bool:
    folder = f"{_DEVICES}/{address}"
    return (files.text(f"{folder}/class") or "").startswith(_SWITCH_CLASS) and files.text(
        f"{folder}/vendor"
    ) == "0x10de"


def _is_running(files: Files) -> Optional[bool]:
    """Return whether the service runs, None where processes cannot be seen."""
    if any(files.exists(f"{folder}/nvidia-fabricmanager.service") for folder in _UNIT_FOLDERS[1:]):
        return True
    pids = [name for name in files.names("/proc") if name.isdecimal()]
    if any((files.text(f"/proc/{pid}/comm") or "") == _COMMAND for pid in pids):
        return True
    if any(files.exists(path) for path in _PID_FILES):
        return True
    return False if pids else None
