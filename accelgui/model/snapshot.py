"""What was found on a machine. A part that has not been looked at is None."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from accelgui.model import SCHEMA
from accelgui.model.device import Device


@dataclass(frozen=True)
class Host:
    """The machine and its system. `environment` holds only the variables that bear on the chain."""

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
    memory_total_bytes: Optional[int] = None
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PciDevice:
    """A display, 3D or processing accelerator function on the PCI bus; ids in lower-case hex."""

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
class Nvidia:
    """The NVIDIA part of the machine: kernel modules, nodes, NVML, libcuda.

    `module_on_disk_path` is the module that was built for the running kernel, loaded or not.
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
    """Everything about the machine itself, whatever Python is examined."""

    host: Host
    pci: tuple[PciDevice, ...] = ()
    nvidia: Nvidia = field(default_factory=Nvidia)
    tpu: Tpu = field(default_factory=Tpu)
    libraries: tuple[Library, ...] = ()
    devices: tuple[Device, ...] = ()
    problems: tuple[CallResult, ...] = ()


@dataclass(frozen=True)
class PythonFacts:
    """The examined interpreter."""

    executable: str
    version: str
    prefix: str
    is_virtual_environment: bool = False
    is_conda: bool = False


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
    yet answered; a crash or a hang of the import is told by `import_error`.
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


@dataclass(frozen=True)
class Snapshot:
    """All that is known, at whatever stage of looking."""

    taken_at: str
    machine: Optional[Machine] = None
    python: Optional[PythonFacts] = None
    frameworks: tuple[Framework, ...] = ()
    schema: int = SCHEMA
