"""GPUs as devices: what NVML told, completed by libcuda and by what the PCI bus shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from accelgui.agent.probe.apart.nvml_calls import pci_address
from accelgui.agent.probe.pci import is_nvidia_gpu, product_name
from accelgui.model.device import Device, DeviceFact, DeviceKind, FactGroup

if TYPE_CHECKING:
    from accelgui.agent.probe.files import Files
    from accelgui.agent.probe.libcuda import CudaAnswer
    from accelgui.agent.probe.nvml import NvmlAnswer
    from accelgui.model.snapshot import PciDevice

Value = Optional[Union[bool, int, float, str]]

_AMD_VENDOR, _INTEL_VENDOR = "1002", "8086"
_MAKERS = {"10de": "NVIDIA", _AMD_VENDOR: "AMD", _INTEL_VENDOR: "Intel"}

# Transfers a second of each PCIe generation, which doubles but for the change of coding at 3.
_PCIE_GENERATIONS = {2.5: 1, 5.0: 2, 8.0: 3, 16.0: 4, 32.0: 5, 64.0: 6}


def gpu_devices(
    files: Files,
    pci: tuple[PciDevice, ...],
    nvml: Optional[NvmlAnswer] = None,
    cuda: Optional[CudaAnswer] = None,
    *,
    is_container: bool = False,
) -> tuple[Device, ...]:
    """Return every GPU: NVIDIA's in the order of NVML, then those that only the bus shows.

    Virtual and management display adapters are no GPUs. A container sees the host's whole bus;
    once a driver library has told which GPUs are its own, the others are left out.
    """
    on_bus = [device for device in pci if is_nvidia_gpu(device)]
    count = (nvml and nvml.count) or (cuda and cuda.count) or 0
    functions, rest = _matched(on_bus, count, nvml, cuda)
    devices = [_nvidia(files, n, functions[n], nvml, cuda) for n in range(count)]
    if not (is_container and count):
        devices += [_nvidia(files, n, device, nvml, None) for n, device in enumerate(rest, count)]
    others = [device for device in pci if device.vendor_id in {_AMD_VENDOR, _INTEL_VENDOR}]
    for index, device in enumerate(others, start=len(devices)):
        devices.append(_device(index, _bus_name(files, device), _bus_facts(files, device)))
    return tuple(devices)


def _matched(
    on_bus: list[PciDevice], count: int, nvml: Optional[NvmlAnswer], cuda: Optional[CudaAnswer]
) -> tuple[list[Optional[PciDevice]], list[PciDevice]]:
    """Return the function of each told GPU, and the functions that are left.

    One that did not tell its address (lost, asleep) is the next that is left: NVML's order is
    that of the bus.
    """
    told = [_address(index, nvml, cuda) for index in range(count)]
    left = [device for device in on_bus if device.address not in told]
    by_address = {device.address: device for device in on_bus}
    functions: list[Optional[PciDevice]] = []
    for address in told:
        known = by_address.get(address) if address else None
        functions.append(known if address or not left else left.pop(0))
    return functions, left


def _address(index: int, nvml: Optional[NvmlAnswer], cuda: Optional[CudaAnswer]) -> Optional[str]:
    if nvml and nvml.count:
        value = _value(nvml.gpus.get(index, []), "pci_address")
        return str(value) if value else None
    devices = cuda.devices if cuda else []
    return pci_address(devices[index]["pci_address"]) if index < len(devices) else None


def _nvidia(
    files: Files,
    index: int,
    function: Optional[PciDevice],
    nvml: Optional[NvmlAnswer],
    cuda: Optional[CudaAnswer],
) -> Device:
    told = list(nvml.gpus.get(index, [])) if nvml else []
    address = function.address if function else _address(index, nvml, cuda)
    computes = _cuda_device(cuda, index, address)
    name = _value(told, "name") or computes.get("name")
    facts = [fact for fact in told if fact.name != "name"]
    facts += _missing(facts, [*_cuda_facts(computes), *_driver_facts(nvml, cuda)])
    if function is not None:
        name = name or _bus_name(files, function)
        facts += _missing(facts, _bus_facts(files, function))
    return _device(index, str(name or "NVIDIA GPU"), facts)


def _cuda_device(cuda: Optional[CudaAnswer], index: int, address: Optional[str]) -> dict[str, Any]:
    devices = cuda.devices if cuda else []
    for device in devices:
        if address is not None and pci_address(device["pci_address"]) == address:
            return device
    # Without any bus (WSL2, Jetson) the order is all there is.
    return devices[index] if address is None and index < len(devices) else {}


def _cuda_facts(told: dict[str, Any]) -> list[DeviceFact]:
    rows = (
        (FactGroup.COMPUTE, "compute_capability", "cuDeviceGetAttribute"),
        (FactGroup.COMPUTE, "multiprocessor_count", "cuDeviceGetAttribute"),
        (FactGroup.MEMORY, "memory_total_bytes", "cuDeviceTotalMem"),
    )
    return [DeviceFact(group, name, told.get(name), source) for group, name, source in rows]


def _driver_facts(nvml: Optional[NvmlAnswer], cuda: Optional[CudaAnswer]) -> list[DeviceFact]:
    driver = nvml.driver_version if nvml else None
    version = (cuda and cuda.version) or (nvml and nvml.cuda_version) or None
    source = "cuDriverGetVersion" if cuda and cuda.version else "nvmlSystemGetCudaDriverVersion"
    return [
        DeviceFact(FactGroup.SOFTWARE, "driver_version", driver, "nvmlSystemGetDriverVersion"),
        DeviceFact(FactGroup.SOFTWARE, "cuda_version", version, source),
    ]


def _bus_name(files: Files, device: PciDevice) -> str:
    name = product_name(files, device)
    maker = _MAKERS.get(device.vendor_id, "")
    return f"{maker} {name}" if name else f"{maker} GPU {device.vendor_id}:{device.device_id}"


def _bus_facts(files: Files, device: PciDevice) -> list[DeviceFact]:
    folder = f"/sys/bus/pci/devices/{device.address}"
    node = files.number(f"{folder}/numa_node")
    rows: tuple[tuple[FactGroup, str, Value, str], ...] = (
        (FactGroup.IDENTITY, "pci_address", device.address, ""),
        (FactGroup.IDENTITY, "pci_id", f"{device.vendor_id}:{device.device_id}", "/device"),
        (FactGroup.LINK, "numa_node", None if node == -1 else node, "/numa_node"),
        (
            FactGroup.LINK,
            "pcie_generation",
            _PCIE_GENERATIONS.get(device.link_speed_gts or 0),
            "/current_link_speed",
        ),
        (
            FactGroup.LINK,
            "pcie_generation_max",
            _PCIE_GENERATIONS.get(device.link_speed_max_gts or 0),
            "/max_link_speed",
        ),
        (FactGroup.LINK, "pcie_width", device.link_width, "/current_link_width"),
        (FactGroup.LINK, "pcie_width_max", device.link_width_max, "/max_link_width"),
        (FactGroup.SOFTWARE, "kernel_driver", device.driver, "/driver"),
        (FactGroup.POWER, "runtime_status", device.runtime_status, "/power/runtime_status"),
    )
    return [DeviceFact(group, name, value, folder + file) for group, name, value, file in rows]


def _missing(known: list[DeviceFact], more: list[DeviceFact]) -> list[DeviceFact]:
    """Return those of `more` that add something; a value known to be absent is filled in."""
    for fact in more:
        same = next((f for f in known if f.name == fact.name), None)
        if same is not None and same.value is None and fact.value is not None:
            known[known.index(same)] = fact
    names = {fact.name for fact in known}
    return [fact for fact in more if fact.name not in names]


def _value(facts: list[DeviceFact], name: str) -> Value:
    return next((fact.value for fact in facts if fact.name == name), None)


def _device(index: int, name: str, facts: list[DeviceFact]) -> Device:
    return Device(key=f"gpu:{index}", kind=DeviceKind.GPU, name=name, facts=tuple(facts))
