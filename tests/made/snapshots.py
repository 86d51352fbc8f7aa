"""Snapshots of whole machines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.model.sample import HOST, Sample
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
)
from made import devices

if TYPE_CHECKING:
    from accelgui.model.device import Device

_TAKEN_AT = "2026-01-15T10:00:00+00:00"
_DRIVER = "570.124.06"

PYTHON = PythonFacts("/home/ada/env/bin/python", "3.12.9", "/home/ada/env", True)
_HOST = Host(
    hostname="workstation",
    system="Linux",
    kernel="6.8.0-45-generic",
    machine="x86_64",
    os_id="ubuntu",
    os_name="Ubuntu 24.04.1 LTS",
    os_version_id="24.04",
    memory_total_bytes=64 * devices.GIB,
)


def just_begun() -> Snapshot:
    """Return what is known when the first agent has said hello."""
    return Snapshot(_TAKEN_AT, python=PYTHON)


def cpu_only() -> Snapshot:
    """Return a machine without an accelerator on which TensorFlow works."""
    machine = Machine(_HOST, devices=(devices.cpu(),))
    return _snapshot(machine, _tensorflow(0))


def broken_driver() -> Snapshot:
    """Return a machine with an NVIDIA GPU for which no driver is installed."""
    machine = Machine(
        replace(_HOST, secure_boot=False),
        pci=(_gpu_on_bus(0, driver=None),),
        nvidia=Nvidia(
            module_loaded=False,
            uvm_loaded=False,
            nouveau_loaded=False,
            nvml=CallResult(
                "nvmlInit_v2", 12, "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML Shared Library Not Found"
            ),
        ),
        devices=(devices.cpu(),),
    )
    return _snapshot(machine, replace(_tensorflow(0), log=_LOG_WITHOUT_DRIVER))


def accelerated(count: int = 1) -> Snapshot:
    """Return a machine with healthy GPUs that TensorFlow computes on."""
    nodes = ("/dev/nvidiactl", "/dev/nvidia-uvm", *(f"/dev/nvidia{n}" for n in range(count)))
    machine = Machine(
        replace(_HOST, hostname="h200-node"),
        pci=tuple(_gpu_on_bus(number) for number in range(count)),
        nvidia=Nvidia(
            module_loaded=True,
            module_version=_DRIVER,
            uvm_loaded=True,
            nouveau_loaded=False,
            installed_driver_version=_DRIVER,
            nodes=tuple(DeviceNode(path, True, True, "0666", "root", "root") for path in nodes),
            nvml=CallResult("nvmlInit_v2", 0, "NVML_SUCCESS", "Success"),
            nvml_driver_version=_DRIVER,
            nvml_cuda_version="12.8",
            nvml_device_count=count,
            cuda=CallResult("cuInit", 0, "CUDA_SUCCESS", "no error"),
            cuda_version="12.8",
            cuda_device_count=count,
        ),
        libraries=(Library("libcudart.so.12", "/usr/lib/libcudart.so.12", "ldconfig", "12.8"),),
        devices=(devices.cpu(), *(devices.gpu(number) for number in range(count))),
    )
    return _snapshot(machine, _tensorflow(count))


def named(name: str) -> Snapshot:
    """Return a machine whose only device has this name, however hostile it is."""
    device = replace(devices.gpu(), name=name)
    return with_devices(accelerated(), device)


def with_devices(snapshot: Snapshot, *found: Device) -> Snapshot:
    """Return the snapshot with other devices."""
    assert snapshot.machine is not None
    return replace(snapshot, machine=replace(snapshot.machine, devices=found))


def samples(snapshot: Snapshot, tick: int = 0) -> list[Sample]:
    """Return live values for each device, different in every tick."""
    assert snapshot.machine is not None
    swing = 10 * ((tick * 7) % 5)
    host = {
        "cpu_percent": 12.0 + swing / 2,
        "memory_used_bytes": 9.5 * devices.GIB + tick * 1e7,
        "memory_total_bytes": 64.0 * devices.GIB,
    }
    cpu = {
        "utilisation_percent": 12.0 + swing / 2,
        "temperature_celsius": 48.0 + swing / 10,
        "power_watts": None,
    }
    gpu = {
        "utilisation_percent": 45.0 + swing,
        "memory_used_bytes": 12.25 * devices.GIB,
        "memory_total_bytes": 141.0 * devices.GIB,
        "temperature_celsius": 41.0 + swing / 10,
        "power_watts": 310.0 + swing,
    }
    found = [d.key for d in snapshot.machine.devices if d.key.startswith("gpu")]
    return [
        Sample(HOST, float(tick), host),
        Sample("cpu", float(tick), cpu),
        *(Sample(key, float(tick), gpu) for key in found),
    ]


def _snapshot(machine: Machine, tensorflow: Framework) -> Snapshot:
    frameworks = (
        tensorflow,
        Framework("pytorch", installed=False),
        Framework("jax", installed=False),
    )
    return Snapshot(_TAKEN_AT, machine, PYTHON, frameworks)


def _gpu_on_bus(number: int, driver: str | None = "nvidia") -> PciDevice:
    return PciDevice(
        address=f"0000:{number + 1:02x}:00.0",
        vendor_id="10de",
        device_id="2335",
        class_code="030200",
        driver=driver,
    )


def _tensorflow(gpus: int) -> Framework:
    keys = ["cpu", *(f"gpu:{number}" for number in range(gpus))]
    names = ["/device:CPU:0", *(f"/device:GPU:{number}" for number in range(gpus))]
    cuda = {"cuda_version": "12.5.1", "cudnn_version": "9"}
    return Framework(
        "tensorflow",
        installed=True,
        version="2.21.0",
        distribution="tensorflow",
        location="/home/ada/env/lib/python3.12/site-packages/tensorflow",
        imported=True,
        import_elapsed_s=1.24,
        build={"is_cuda_build": "true", "compute_capabilities": "sm_80,sm_89,compute_90", **cuda},
        devices=tuple(
            FrameworkDevice(key, name, None if key == "cpu" else "NVIDIA H200")
            for key, name in zip(keys, names, strict=True)
        ),
        operations=tuple(
            OperationResult(key, ran=True, right=True, ran_on=name, elapsed_s=0.01)
            for key, name in zip(keys, names, strict=True)
        ),
    )


_LOG_WITHOUT_DRIVER = (
    (
        "E external/local_xla/xla/stream_executor/cuda/cuda_platform.cc:51] failed call to cuInit:"
        " INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)"
    ),
)
