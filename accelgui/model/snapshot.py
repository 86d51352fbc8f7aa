"""What was found on a machine. A part that has not been looked at is None."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from accelgui.model import SCHEMA
from accelgui.model.device import Device


@dataclass(frozen=True)
class Host:
    """The machine and its system. `environment` holds only the variables that bear on the chain.

    `is_translated` says that accelgui's own Python runs as x86 code on another processor.
    """

    hostname: str
    system: str
    kernel: str
    machine: str
    os_id: Optional[str] = None
    os_name: Optional[str] = None
    os_version_id: Optional[str] = None
    container: Optional[str] = None
    virtual_machine: Optional[str] = None
    wsl: bool = False
    secure_boot: Optional[bool] = None
    is_translated: Optional[bool] = None
    memory_total_bytes: Optional[int] = None
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PciDevice:
    """A display, 3D or processing accelerator function on the PCI bus; ids in lower-case hex.

    `port_width_max` is how many lanes the port offers into which it is plugged; `is_gone` says that
    the system knows the device, and nothing answers for it any more.
    """

    address: str
    vendor_id: str
    device_id: str
    class_code: str
    subsystem_device_id: Optional[str] = None
    driver: Optional[str] = None
    runtime_status: Optional[str] = None
    link_speed_gts: Optional[float] = None
    link_width: Optional[int] = None
    link_speed_max_gts: Optional[float] = None
    link_width_max: Optional[int] = None
    port_width_max: Optional[int] = None
    is_gone: bool = False


@dataclass(frozen=True)
class DeviceNode:
    """A node in /dev: may this user read and write it?"""

    path: str
    readable: bool
    writable: bool
    mode: Optional[str] = None
    owner: Optional[str] = None
    group: Optional[str] = None


@dataclass(frozen=True)
class CallResult:
    """What a driver library answered. `code` is None where the call never returned or was not made.

    `name` is the library's own name of the code (NVML_ERROR_DRIVER_NOT_LOADED), `message` its own
    words; `timed_out` means that the call was given up on.
    """

    call: str
    code: Optional[int] = None
    name: Optional[str] = None
    message: Optional[str] = None
    library_path: Optional[str] = None
    timed_out: bool = False


@dataclass(frozen=True)
class Library:
    """A shared library that a framework may load, in the order in which the loader finds it.

    `name` is that of the file, as programs ask for it ("libcuda.so.1"); `origin` is
    "LD_LIBRARY_PATH", "ldconfig", "python" or "path" (a folder that no loader searches).
    """

    name: str
    path: str
    origin: str
    version: Optional[str] = None


@dataclass(frozen=True)
class TextLine:
    """A line of a file that bears on the chain: of a log or a configuration."""

    source: str
    text: str
    line: Optional[int] = None


@dataclass(frozen=True)
class Package:
    """An installed package, of the system or of a Python. `site` is the folder it was found in.

    `requires` are its own requirements that bear on the chain, as its metadata states them.
    """

    name: str
    version: str
    site: str = ""
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Process:
    """A process that uses a device: `device` is a key (gpu:0) or the path of a node."""

    pid: int
    device: str
    name: Optional[str] = None
    memory_used_bytes: Optional[int] = None


@dataclass(frozen=True)
class DriverGpu:
    """A GPU as the NVIDIA driver lists it in /proc/driver/nvidia/gpus."""

    address: str
    model: Optional[str] = None
    uuid: Optional[str] = None


@dataclass(frozen=True)
class Nvidia:
    """The NVIDIA part of the machine: kernel modules, nodes, NVML, libcuda.

    `module_on_disk_path` is the module that was built for the running kernel, loaded or not;
    `module_kernels` are all kernels that have one. `modules_folder_seen` is False where not even
    the folder of the running kernel's modules is there to look into. `module_is_signed` is None
    where the file does not tell (it is compressed).
    """

    module_loaded: Optional[bool] = None
    module_version: Optional[str] = None
    module_is_open: Optional[bool] = None
    uvm_loaded: Optional[bool] = None
    nouveau_loaded: Optional[bool] = None
    installed_driver_version: Optional[str] = None
    module_on_disk_path: Optional[str] = None
    module_on_disk_version: Optional[str] = None
    nodes: tuple[DeviceNode, ...] = ()
    nvml: Optional[CallResult] = None
    nvml_driver_version: Optional[str] = None
    nvml_cuda_version: Optional[str] = None
    nvml_device_count: Optional[int] = None
    cuda: Optional[CallResult] = None
    cuda_version: Optional[str] = None
    cuda_device_count: Optional[int] = None
    module_kernels: tuple[str, ...] = ()
    modules_folder_seen: Optional[bool] = None
    module_is_signed: Optional[bool] = None
    gpus: tuple[DriverGpu, ...] = ()
    switch_count: Optional[int] = None
    fabric_manager_running: Optional[bool] = None
    fabric_manager_version: Optional[str] = None


@dataclass(frozen=True)
class TpuChip:
    """A TPU chip on the PCI bus."""

    address: str
    generation: str
    device_id: str
    node: Optional[str] = None
    holder_pid: Optional[int] = None
    holder_name: Optional[str] = None


@dataclass(frozen=True)
class Tpu:
    """The TPU part of the machine. `hints` are environment variables that speak of a TPU."""

    chips: tuple[TpuChip, ...] = ()
    nodes: tuple[DeviceNode, ...] = ()
    hints: dict[str, str] = field(default_factory=dict)
    libtpu_path: Optional[str] = None
    libtpu_version: Optional[str] = None
    lockfile_path: Optional[str] = None


@dataclass(frozen=True)
class Machine:
    """Everything about the machine itself, whatever Python is examined.

    `is_live` is False for a tree of files, of which some may simply not have been copied.
    `configuration` holds lines of files in /etc, `kernel_log` those of the kernel's log, that
    speak of GPUs and their drivers; `packages` are those of the system. `loader_folders` are the
    folders that /etc/ld.so.conf names, None where it is not there; `folders_seen` tells of a tree
    which of the folders that rules ask for it has at all.
    """

    host: Host
    pci: tuple[PciDevice, ...] = ()
    nvidia: Nvidia = field(default_factory=Nvidia)
    tpu: Tpu = field(default_factory=Tpu)
    libraries: tuple[Library, ...] = ()
    devices: tuple[Device, ...] = ()
    problems: tuple[CallResult, ...] = ()
    is_live: bool = True
    packages: tuple[Package, ...] = ()
    processes: tuple[Process, ...] = ()
    configuration: tuple[TextLine, ...] = ()
    kernel_log: tuple[TextLine, ...] = ()
    loader_folders: Optional[tuple[str, ...]] = None
    folders_seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class PythonFacts:
    """The examined interpreter."""

    executable: str
    version: str
    prefix: str
    is_virtual_environment: bool = False
    is_conda: bool = False
    machine: Optional[str] = None


@dataclass(frozen=True)
class PythonContents:
    """What the examined Python holds that bears on the chain.

    `libraries` are the CUDA libraries in its wheels and, with conda, in its prefix, in the order
    in which they are found.
    """

    sites: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    libraries: tuple[Library, ...] = ()


@dataclass(frozen=True)
class FrameworkDevice:
    """A device as a framework lists it. `key` is ours: cpu, gpu:0, tpu:0; `name` is theirs."""

    key: str
    name: str
    description: Optional[str] = None
    compute_capability: Optional[str] = None


@dataclass(frozen=True)
class OperationResult:
    """One real operation on one device: did it run, did it run there, was the result right?

    `ran_on` is the device that the framework says holds the result; `error` the framework's words.
    """

    device: str
    ran: bool
    right: Optional[bool] = None
    ran_on: Optional[str] = None
    elapsed_s: Optional[float] = None
    error: Optional[str] = None


@dataclass(frozen=True)
class Framework:
    """One framework in the examined Python.

    `build` holds what the build says of itself (is_cuda_build, cuda_version, cudnn_version,
    compute_capabilities: "sm_80,sm_90"). `log` is the end of what it printed, which names the
    libraries that it could not load. `imported` is None where the import was not tried or not
    yet answered; a crash or a hang of the import is told by `import_error`. `loaded` are the CUDA
    libraries that its process really loaded, each by its path.
    """

    name: str
    installed: Optional[bool] = None
    version: Optional[str] = None
    distribution: Optional[str] = None
    location: Optional[str] = None
    imported: Optional[bool] = None
    import_elapsed_s: Optional[float] = None
    import_error: Optional[str] = None
    timed_out: bool = False
    build: dict[str, str] = field(default_factory=dict)
    devices: tuple[FrameworkDevice, ...] = ()
    operations: tuple[OperationResult, ...] = ()
    log: tuple[str, ...] = ()
    loaded: tuple[Library, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All that is known, at whatever stage of looking."""

    taken_at: str
    machine: Optional[Machine] = None
    python: Optional[PythonFacts] = None
    frameworks: tuple[Framework, ...] = ()
    schema: int = SCHEMA
    contents: Optional[PythonContents] = None
