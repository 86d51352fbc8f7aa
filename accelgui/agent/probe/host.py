"""The machine and its system: release, kernel, container, virtual machine, Secure Boot, memory."""

from __future__ import annotations

import ctypes
import platform
import re
from typing import TYPE_CHECKING, Optional

from accelgui.agent.probe.environment import relevant_variables
from accelgui.agent.probe.kernel_modules import running_kernel
from accelgui.agent.probe.written import written_variables
from accelgui.model.snapshot import Host

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files

# Where the firmware's variable is, and after how many bytes of attributes its value stands.
_SECURE_BOOT = (
    ("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", 4),
    # Kernels before 6.0 have the value alone here.
    ("/sys/firmware/efi/vars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c/data", 0),
)

# What the maker or product in the DMI tables says, in the order in which it is looked for.
_VIRTUAL_MAKERS = (
    ("google compute engine", "gce"),
    ("amazon ec2", "ec2"),
    ("vmware", "vmware"),
    ("virtualbox", "virtualbox"),
    ("innotek", "virtualbox"),
    ("parallels", "parallels"),
    ("xen", "xen"),
    ("bhyve", "bhyve"),
    ("openstack", "kvm"),
    ("kvm", "kvm"),
    ("qemu", "kvm"),
    ("virtual machine", "hyperv"),  # Microsoft's product name.
)
_CGROUP_CONTAINERS = (
    ("kubepods", "kubernetes"),
    ("docker", "docker"),
    ("libpod", "podman"),
    ("containerd", "containerd"),
    ("lxc", "lxc"),
)


_LAYERS = (
    ("/var/lib/docker/", "docker"),
    ("containerd.snapshotter", "containerd"),
    ("containers/storage/overlay", "podman"),
)


def look_at_host(files: Files) -> Host:
    """Read what the machine is; of a sysroot only its files, not this process's environment."""
    variables = relevant_variables() if files.live else relevant_variables(written_variables(files))
    release = _os_release(files)
    kernel = running_kernel(files) or (platform.release() if files.live else "")
    return Host(
        hostname=_hostname(files),
        system=platform.system() if files.live else "Linux",
        kernel=kernel,
        machine=_machine(files),
        os_id=release.get("ID"),
        os_name=release.get("PRETTY_NAME"),
        os_version_id=release.get("VERSION_ID"),
        container=container(files, variables),
        virtual_machine=_virtual_machine(files),
        wsl="microsoft" in kernel.lower(),
        secure_boot=_secure_boot(files),
        is_translated=_is_translated() if files.live else None,
        memory_total_bytes=memory_bytes(files, "MemTotal"),
        environment=variables,
    )


def memory_bytes(files: Files, name: str) -> Optional[int]:
    """Return a value of /proc/meminfo; where there is none, the live total from psutil."""
    text = files.text("/proc/meminfo") or ""
    match = re.search(rf"^{name}:\s+([0-9]+) kB", text, re.MULTILINE)
    if match:
        return int(match.group(1)) << 10
    if not files.live or name != "MemTotal":
        return None
    try:
        import psutil
    except ImportError:
        return None
    return int(psutil.virtual_memory().total)


def container(files: Files, variables: dict[str, str]) -> Optional[str]:
    """Return the kind of container that this is, None outside of one."""
    if "KUBERNETES_SERVICE_HOST" in variables or files.exists(
        "/var/run/secrets/kubernetes.io/serviceaccount"
    ):
        return "kubernetes"
    if files.exists("/run/.containerenv"):
        return "podman"
    if files.exists("/.dockerenv"):
        return "docker"
    told = files.text("/run/systemd/container") or variables.get("container")
    return told or _container_by_cgroup(files) or _container_by_root(files)


def _container_by_cgroup(files: Files) -> Optional[str]:
    cgroup = files.text("/proc/1/cgroup") or ""
    return next((kind for word, kind in _CGROUP_CONTAINERS if word in cgroup), None)


def _container_by_root(files: Files) -> Optional[str]:
    """Return whose layers the root lies on; with cgroup v2 the group tells nothing inside."""
    for line in (files.text("/proc/self/mountinfo") or "").splitlines():
        fields = line.split(" ")
        if fields[4:5] == ["/"] and " - overlay " in line:
            return next((kind for words, kind in _LAYERS if words in line), None)
    return None


def _hostname(files: Files) -> str:
    if files.live:
        return platform.node()
    return files.text("/etc/hostname") or files.text("/proc/sys/kernel/hostname") or ""


def _machine(files: Files) -> str:
    if files.live:
        return platform.machine()
    # Since Linux 6.1; before that a tree of files tells it by its traces.
    return files.text("/proc/sys/kernel/arch") or _machine_by_traces(files)


def _machine_by_traces(files: Files) -> str:
    told = " ".join(filter(None, map(files.text, ("/proc/version", "/proc/driver/nvidia/version"))))
    kernel = running_kernel(files) or ""
    for machine, word in (("x86_64", "x86"), ("aarch64", "aarch64"), ("aarch64", "arm64")):
        if kernel.endswith((machine, word)) or word in told:
            return machine
    info = files.text("/proc/cpuinfo") or ""
    if "CPU implementer" in info:
        return "aarch64"
    if re.search(r"^(?:vendor_id|flags)\s*:", info, re.MULTILINE):
        return "x86_64"
    folders = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
    there = [
        machine
        for machine, folder in folders.items()
        if any(files.exists(f"{root}/{folder}") for root in ("/usr/lib", "/lib"))
    ]
    return there[0] if len(there) == 1 else ""


def _os_release(files: Files) -> dict[str, str]:
    if files.live and platform.system() != "Linux":
        return {
            "ID": platform.system().lower(),
            "PRETTY_NAME": platform.platform(terse=True),
            "VERSION_ID": platform.mac_ver()[0] or platform.version(),
        }
    text = files.text("/etc/os-release") or files.text("/usr/lib/os-release") or ""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _virtual_machine(files: Files) -> Optional[str]:
    if files.text("/sys/hypervisor/type") == "xen":
        return "xen"
    # A bare-metal cloud instance has the maker's name too, but no hypervisor.
    names = [files.text(f"/sys/class/dmi/id/{name}") for name in ("sys_vendor", "product_name")]
    told = " ".join(filter(None, names)).lower()
    kind = next((kind for word, kind in _VIRTUAL_MAKERS if word in told), None)
    info = files.text("/proc/cpuinfo") or ""
    if kind == "ec2" and "flags" in info and "hypervisor" not in info:
        return None
    return kind or ("unknown" if "hypervisor" in info else None)


def _secure_boot(files: Files) -> Optional[bool]:
    """Return whether Secure Boot is on; None where the firmware is not UEFI or does not tell."""
    for path, start in _SECURE_BOOT:
        data = files.data(path)
        if data is not None and len(data) > start:
            return data[start] == 1
    return None


def _is_translated() -> Optional[bool]:
    """Return whether macOS runs this x86 program on another processor; None elsewhere."""
    if platform.system() != "Darwin":
        return None
    system = ctypes.CDLL(None)
    value, size = ctypes.c_int(), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    told = system.sysctlbyname(
        b"sysctl.proc_translated", ctypes.byref(value), ctypes.byref(size), None, 0
    )
    return value.value == 1 if told == 0 else False
