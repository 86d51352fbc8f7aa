"""Small snapshots: a healthy machine, of which each test breaks one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accelgui.model.device import Device, DeviceFact, DeviceKind, FactGroup
from accelgui.model.snapshot import (
    CallResult,
    DeviceNode,
    Framework,
    FrameworkDevice,
    Host,
    Library,
    Machine,
    Nvidia,
    OperationResult,
    PciDevice,
    PythonFacts,
    Snapshot,
    Tpu,
    TpuChip,
)

DRIVER = "580.65.06"
H200 = PciDevice("0000:01:00.0", "10de", "2335", "030200", driver="nvidia")
PYTHON = PythonFacts("/opt/venv/bin/python", "3.12.4", "/opt/venv", is_virtual_environment=True)

NVML_OK = CallResult("nvmlInit", 0, "NVML_SUCCESS")
CUDA_OK = CallResult("cuInit", 0, "CUDA_SUCCESS")
CUDA_NOT_LOADED = CallResult("cuInit", None, "not_loaded", "libcuda.so.1: cannot open")

CPU_RIGHT = OperationResult("cpu", ran=True, right=True, ran_on="/device:CPU:0")
GPU_RIGHT = OperationResult("gpu:0", ran=True, right=True, ran_on="/device:GPU:0")
TPU_RIGHT = OperationResult("tpu:0", ran=True, right=True, ran_on="TPU_0")


def host(**changes: Any) -> Host:
    known = Host("workstation", "Linux", "6.8.0-45-generic", "x86_64", os_id="ubuntu")
    return replace(known, **changes)


def node(name: str, *, usable: bool = True, group: str = "root") -> DeviceNode:
    return DeviceNode(f"/dev/{name}", usable, usable, "crw-rw----", "root", group)


NODES = tuple(node(name) for name in ("nvidia0", "nvidiactl", "nvidia-uvm"))


def nvidia(**changes: Any) -> Nvidia:
    healthy = Nvidia(
        module_loaded=True,
        module_version=DRIVER,
        uvm_loaded=True,
        nouveau_loaded=False,
        installed_driver_version=DRIVER,
        module_on_disk_path="/lib/modules/6.8.0-45-generic/updates/dkms/nvidia.ko.zst",
        module_on_disk_version=DRIVER,
        nodes=NODES,
        nvml=NVML_OK,
        nvml_driver_version=DRIVER,
        nvml_cuda_version="13.0",
        nvml_device_count=1,
        cuda=CUDA_OK,
        cuda_version="13.0",
        cuda_device_count=1,
    )
    return replace(healthy, **changes)


def unloaded(**changes: Any) -> Nvidia:
    """A driver that is installed and not loaded, with what follows from that."""
    broken = nvidia(
        module_loaded=False,
        module_version=None,
        uvm_loaded=False,
        nodes=(),
        nvml=CallResult("nvmlInit", 9, "NVML_ERROR_DRIVER_NOT_LOADED", "Driver Not Loaded"),
        nvml_device_count=None,
        cuda=CallResult("cuInit", 100, "CUDA_ERROR_NO_DEVICE"),
        cuda_device_count=None,
    )
    return replace(broken, **changes)


NO_DRIVER = Nvidia(
    module_loaded=False,
    uvm_loaded=False,
    nouveau_loaded=False,
    nvml=CallResult(
        "nvmlInit", 12, "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML Shared Library Not Found"
    ),
    cuda=CUDA_NOT_LOADED,
)

LIBRARIES = tuple(
    Library(name, f"/usr/lib/x86_64-linux-gnu/{name}", "ldconfig", DRIVER)
    for name in ("libcuda.so.1", "libnvidia-ml.so.1")
)


def gpu_device(**facts: bool | float | str | None) -> Device:
    rows = (DeviceFact(FactGroup.COMPUTE, name, value, "nvml") for name, value in facts.items())
    return Device("gpu:0", DeviceKind.GPU, "NVIDIA H200", tuple(rows))


def machine(**changes: Any) -> Machine:
    """A healthy machine with one NVIDIA GPU."""
    healthy = Machine(
        host=host(),
        pci=(H200,),
        nvidia=nvidia(),
        libraries=LIBRARIES,
        devices=(gpu_device(compute_capability="9.0"),),
    )
    return replace(healthy, **changes)


def bare_machine(**changes: Any) -> Machine:
    """A healthy machine without any accelerator."""
    return replace(Machine(host=host(), nvidia=NO_DRIVER), **changes)


def tpu_machine(**changes: Any) -> Machine:
    """A healthy machine with one TPU chip."""
    chip = TpuChip("0000:00:04.0", "v5e", "0063", node="/dev/vfio/0")
    healthy = Tpu((chip,), (node("vfio/0"),), libtpu_path="/lib/libtpu.so", libtpu_version="0.0.52")
    return replace(Machine(host=host(), nvidia=NO_DRIVER, tpu=healthy), **changes)


GPU_LISTED = FrameworkDevice("gpu:0", "/physical_device:GPU:0", "NVIDIA H200", "9.0")
CPU_LISTED = FrameworkDevice("cpu", "/physical_device:CPU:0")


def tensorflow(**changes: Any) -> Framework:
    """TensorFlow which runs on the GPU and computes right."""
    healthy = Framework(
        "tensorflow",
        installed=True,
        version="2.21.0",
        distribution="tensorflow",
        imported=True,
        build={
            "is_cuda_build": "True",
            "cuda_version": "12.5.1",
            "compute_capabilities": "sm_60,sm_70,sm_80,sm_89,compute_90",
        },
        devices=(CPU_LISTED, GPU_LISTED),
        operations=(CPU_RIGHT, GPU_RIGHT),
    )
    return replace(healthy, **changes)


def cpu_tensorflow(**changes: Any) -> Framework:
    """TensorFlow which lists and uses only the CPU."""
    return replace(tensorflow(devices=(CPU_LISTED,), operations=(CPU_RIGHT,)), **changes)


def snapshot(machine: Machine | None = None, *frameworks: Framework) -> Snapshot:
    return Snapshot("2026-01-01T00:00:00+00:00", machine, PYTHON, frameworks)
