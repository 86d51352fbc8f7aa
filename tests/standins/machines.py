"""Made machines: folders that look like /proc, /sys, /dev and /etc of a machine in some state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_KERNEL = "6.8.0-45-generic"

# Device, and for the first two the subsystem device that tells them apart.
_TPU_IDS = {
    "v2": ("0x0027", "0x004e"),
    "v3": ("0x0027", "0x004f"),
    "v4": ("0x005e", None),
    "v5e": ("0x0063", None),
    "v5p": ("0x0062", None),
    "v6e": ("0x006f", None),
    "7x": ("0x0076", None),
    "8t": ("0x007c", None),
    "8i": ("0x0083", None),
}
_TPUS_WITH_ACCEL_NODES = ("v2", "v3", "v4")

_OPEN_BANNER = "NVIDIA UNIX Open Kernel Module for x86_64"
_PROPRIETARY_BANNER = "NVIDIA UNIX x86_64 Kernel Module"


class MachineTree:
    """Builds a machine below `root`; every method adds something and returns the builder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.kernel()
        self.os_release("ubuntu", "Ubuntu 24.04.1 LTS", "24.04")
        self.cpu()
        self.memory(64 << 30)
        self.write("proc/modules", "")
        self.write("etc/hostname", "workstation\n")
        (root / "sys/bus/pci/devices").mkdir(parents=True)
        (root / "dev").mkdir()

    def write(self, path: str, text: str) -> Self:
        """Write any file of the machine, `path` without a leading slash."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return self

    def kernel(self, release: str = _KERNEL, machine: str = "x86_64") -> Self:
        self.write("proc/sys/kernel/osrelease", release + "\n")
        self.write("proc/sys/kernel/arch", machine + "\n")
        return self.write("proc/version", f"Linux version {release} (build@host) #1 SMP\n")

    def os_release(self, os_id: str, name: str, version: str) -> Self:
        lines = f'ID={os_id}\nPRETTY_NAME="{name}"\nVERSION_ID="{version}"\n'
        return self.write("etc/os-release", lines)

    def cpu(
        self,
        name: str = "AMD EPYC 9654 96-Core Processor",
        *,
        cores: int = 4,
        threads_per_core: int = 2,
        flags: str = "fpu sse4_2 avx avx2 fma f16c avx512f avx512_bf16 avx512_vnni",
    ) -> Self:
        blocks = []
        for cpu in range(cores * threads_per_core):
            core = cpu % cores
            blocks.append(
                f"processor\t: {cpu}\nvendor_id\t: AuthenticAMD\nmodel name\t: {name}\n"
                f"cpu MHz\t\t: 2400.000\nphysical id\t: 0\ncore id\t\t: {core}\n"
                f"flags\t\t: {flags}\n"
            )
            folder = f"sys/devices/system/cpu/cpu{cpu}"
            self.write(f"{folder}/topology/core_id", f"{core}\n")
            self.write(f"{folder}/topology/physical_package_id", "0\n")
            self.write(f"{folder}/cpufreq/base_frequency", "2400000\n")
            self.write(f"{folder}/cpufreq/cpuinfo_max_freq", "3700000\n")
        caches = ((1, "Data", 32), (1, "Instruction", 32), (2, "Unified", 1024))
        for index, (level, kind, kib) in enumerate((*caches, (3, "Unified", 32768))):
            folder = f"sys/devices/system/cpu/cpu0/cache/index{index}"
            self.write(f"{folder}/level", f"{level}\n")
            self.write(f"{folder}/type", f"{kind}\n")
            self.write(f"{folder}/size", f"{kib}K\n")
        self.write("sys/devices/system/node/online", "0\n")
        return self.write("proc/cpuinfo", "\n".join(blocks))

    def memory(self, total_bytes: int) -> Self:
        kib = total_bytes >> 10
        lines = f"MemTotal:       {kib} kB\nMemAvailable:   {kib // 2} kB\n"
        return self.write("proc/meminfo", lines)

    def container(self, kind: str = "docker") -> Self:
        """Be a container: docker, podman, kubernetes, lxc or systemd-nspawn."""
        if kind == "docker":
            return self.write(".dockerenv", "")
        if kind == "podman":
            return self.write("run/.containerenv", 'engine="podman-4.9.3"\n')
        if kind == "kubernetes":
            self.write("var/run/secrets/kubernetes.io/serviceaccount/namespace", "default\n")
            return self.write("proc/1/cgroup", "0::/kubepods/burstable/pod1234/abcd\n")
        return self.write("run/systemd/container", kind + "\n")

    def wsl(self) -> Self:
        self.kernel("5.15.167.4-microsoft-standard-WSL2")
        return self.write("dev/dxg", "")

    def virtual_machine(self, vendor: str = "QEMU", product: str = "Standard PC (Q35)") -> Self:
        self.write("sys/class/dmi/id/sys_vendor", vendor + "\n")
        return self.write("sys/class/dmi/id/product_name", product + "\n")

    def secure_boot(self, on: bool) -> Self:
        path = (
            self.root / "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([6, 0, 0, 0, int(on)]))
        return self

    def pci_device(
        self,
        address: str,
        *,
        vendor_id: str,
        device_id: str,
        class_code: str,
        driver: str | None = None,
        **files: str,
    ) -> Self:
        """Add a PCI function; `files` are further attributes of its sysfs folder."""
        folder = f"sys/bus/pci/devices/{address}"
        self.write(f"{folder}/vendor", f"0x{vendor_id}\n")
        self.write(f"{folder}/device", f"0x{device_id}\n")
        self.write(f"{folder}/class", f"0x{class_code}\n")
        for name, text in files.items():
            self.write(f"{folder}/{name}", text + "\n")
        if driver:
            (self.root / "sys/bus/pci/drivers" / driver).mkdir(parents=True, exist_ok=True)
            (self.root / folder / "driver").symlink_to(f"../../drivers/{driver}")
        return self

    def pci_gpu(
        self,
        address: str = "0000:01:00.0",
        *,
        vendor_id: str = "10de",
        device_id: str = "2335",
        class_code: str = "030200",
        driver: str | None = None,
        asleep: bool = False,
        link: tuple[str, int, str, int] = ("32.0 GT/s PCIe", 16, "32.0 GT/s PCIe", 16),
    ) -> Self:
        """Add a GPU; `link` is speed, width, largest speed, largest width."""
        speed, width, speed_max, width_max = link
        return self.pci_device(
            address,
            vendor_id=vendor_id,
            device_id=device_id,
            class_code=class_code,
            driver=driver,
            current_link_speed=speed,
            current_link_width=str(width),
            max_link_speed=speed_max,
            max_link_width=str(width_max),
            **{"power/runtime_status": "suspended" if asleep else "active"},
        )

    def kernel_module(self, name: str) -> Self:
        """Load a kernel module."""
        modules = self.root / "proc/modules"
        line = f"{name} 1000000 0 - Live 0x0000000000000000\n"
        modules.write_text(modules.read_text() + line)
        (self.root / f"sys/module/{name}").mkdir(parents=True, exist_ok=True)
        return self

    def module_on_disk(self, version: str, kernel: str = _KERNEL) -> Self:
        """Have an nvidia module file for a kernel, whether loaded or not."""
        self.write(f"lib/modules/{kernel}/updates/dkms/nvidia.ko.zst", "")
        return self.write(f"usr/src/nvidia-{version}/dkms.conf", f'PACKAGE_VERSION="{version}"\n')

    def nvidia_module(self, version: str = "580.65.06", *, is_open: bool = True) -> Self:
        """Have the NVIDIA kernel modules loaded."""
        banner = _OPEN_BANNER if is_open else _PROPRIETARY_BANNER
        text = f"NVRM version: {banner}  {version}  Release Build\nGCC version:  gcc 13.2.0\n"
        self.kernel_module("nvidia").kernel_module("nvidia_uvm")
        self.write("sys/module/nvidia/version", version + "\n")
        return self.write("proc/driver/nvidia/version", text)

    def nvidia_user_space(self, version: str = "580.65.06") -> Self:
        """Have the driver's libraries of a version in the usual folder."""
        for name in ("libcuda", "libnvidia-ml"):
            self.library(f"usr/lib/x86_64-linux-gnu/{name}.so.{version}", links=(f"{name}.so.1",))
        return self

    def nvidia_nodes(self, count: int = 1, mode: int = 0o666) -> Self:
        for name in ("nvidiactl", "nvidia-uvm", *(f"nvidia{n}" for n in range(count))):
            self.device_node(f"dev/{name}", mode)
        return self

    def nvidia_machine(self, count: int = 1, version: str = "580.65.06") -> Self:
        """Be a healthy machine with NVIDIA GPUs."""
        for gpu in range(count):
            self.pci_gpu(f"0000:{gpu + 1:02x}:00.0", driver="nvidia")
        self.nvidia_module(version).nvidia_user_space(version)
        return self.module_on_disk(version).nvidia_nodes(count)

    def library(self, path: str, *, links: tuple[str, ...] = ()) -> Self:
        """Have a shared library, and symbolic links to it beside it."""
        self.write(path, "")
        file = self.root / path
        for link in links:
            (file.parent / link).symlink_to(file.name)
        return self

    def device_node(self, path: str, mode: int = 0o666) -> Self:
        """Have a node; below a sysroot a plain file stands for it."""
        self.write(path, "")
        (self.root / path).chmod(mode)
        return self

    def tpu(
        self, generation: str, count: int = 4, *, iommu_groups: bool = True, nodes: bool = True
    ) -> Self:
        """Have TPU chips of a generation; v2 to v4 use /dev/accelN, later ones /dev/vfio/GROUP."""
        device_id, subsystem_device = _TPU_IDS[generation]
        for chip in range(count):
            address = f"0000:00:{chip + 4:02x}.0"
            self.pci_device(address, vendor_id="1ae0", device_id=device_id[2:], class_code="120000")
            if subsystem_device:
                folder = f"sys/bus/pci/devices/{address}"
                self.write(f"{folder}/subsystem_device", subsystem_device + "\n")
            if generation in _TPUS_WITH_ACCEL_NODES:
                self._accel_node(address, chip, nodes)
            elif iommu_groups:
                self._vfio_node(address, chip, nodes)
        if generation not in _TPUS_WITH_ACCEL_NODES and nodes:
            self.device_node("dev/vfio/vfio")
        return self

    def gvnic(self, address: str = "0000:00:03.0") -> Self:
        """Have Google's network card, which a careless scanner takes for a TPU."""
        self.pci_device(address, vendor_id="1ae0", device_id="0042", class_code="020000")
        self._vfio_node(address, 9, nodes=False)
        return self

    def _accel_node(self, address: str, chip: int, nodes: bool) -> None:
        name = f"accel{chip}"
        (self.root / f"sys/bus/pci/devices/{address}/accel/{name}").mkdir(parents=True)
        if nodes:
            self.device_node(f"dev/{name}")

    def _vfio_node(self, address: str, group: int, nodes: bool) -> None:
        (self.root / f"sys/kernel/iommu_groups/{group}").mkdir(parents=True)
        link = self.root / f"sys/bus/pci/devices/{address}/iommu_group"
        link.symlink_to(f"../../../../kernel/iommu_groups/{group}")
        if nodes:
            self.device_node(f"dev/vfio/{group}")
