"""Devices with the facts that a CPU, a modern and a half-mute GPU report."""

from __future__ import annotations

from accelgui.model.device import Device, DeviceFact, DeviceKind, FactGroup

GIB = 1 << 30


def cpu() -> Device:
    facts = (
        _fact(FactGroup.IDENTITY, "vendor", "GenuineIntel", "/proc/cpuinfo"),
        _fact(FactGroup.IDENTITY, "architecture", "x86_64", "uname"),
        _fact(FactGroup.COMPUTE, "cores_physical_count", 8, "/proc/cpuinfo"),
        _fact(FactGroup.COMPUTE, "cores_logical_count", 16, "/proc/cpuinfo"),
        _fact(
            FactGroup.COMPUTE,
            "instruction_sets",
            "AVX, AVX2, FMA, AVX-512F, AVX-512BF16, AMX-BF16",
            "/proc/cpuinfo",
        ),
        _fact(FactGroup.MEMORY, "memory_total_bytes", 64 * GIB, "/proc/meminfo"),
        _fact(FactGroup.MEMORY, "swap_total_bytes", 8 * GIB, "/proc/meminfo"),
        _fact(FactGroup.CLOCKS, "clock_max_hz", 4_700_000_000, "cpufreq"),
        _fact(FactGroup.POWER, "power_watts", None, "powercap"),
    )
    return Device("cpu", DeviceKind.CPU, "Intel Xeon Platinum 8480C", facts)


def gpu(number: int = 0, name: str = "NVIDIA H200") -> Device:
    """Return a GPU of a data centre that reports nearly everything."""
    return Device(f"gpu:{number}", DeviceKind.GPU, name, _gpu_facts(number))


def mute_gpu(name: str = "NVIDIA GeForce GT 710") -> Device:
    """Return an old GPU that keeps nearly everything to itself."""
    told = {"uuid", "pci_address", "memory_total_bytes", "driver_version"}
    facts = tuple(
        fact if fact.name in told else DeviceFact(fact.group, fact.name, None, fact.source)
        for fact in _gpu_facts(0)
    )
    return Device("gpu:0", DeviceKind.GPU, name, facts)


def _gpu_facts(number: int) -> tuple[DeviceFact, ...]:
    return (
        _fact(
            FactGroup.IDENTITY,
            "uuid",
            f"GPU-6a01f0c4-3d5e-4b8f-9c21-7be0d2f1a{number:03}",
            "nvmlDeviceGetUUID",
        ),
        _fact(FactGroup.IDENTITY, "brand", "NVIDIA", "nvmlDeviceGetBrand"),
        _fact(FactGroup.IDENTITY, "serial", None, "nvmlDeviceGetSerial"),
        _fact(FactGroup.IDENTITY, "vbios_version", "96.00.A5.00.01", "nvmlDeviceGetVbiosVersion"),
        _fact(FactGroup.COMPUTE, "architecture", "Hopper", "nvmlDeviceGetArchitecture"),
        _fact(FactGroup.COMPUTE, "compute_capability", "9.0", "nvmlDeviceGetCudaComputeCapability"),
        _fact(FactGroup.COMPUTE, "cuda_cores_count", 16_896, "nvmlDeviceGetNumGpuCores"),
        _fact(FactGroup.COMPUTE, "mig_enabled", False, "nvmlDeviceGetMigMode"),
        _fact(FactGroup.MEMORY, "memory_total_bytes", 141 * GIB, "nvmlDeviceGetMemoryInfo_v2"),
        _fact(FactGroup.MEMORY, "memory_bus_width_bits", 6144, "nvmlDeviceGetMemoryBusWidth"),
        _fact(FactGroup.MEMORY, "bar1_total_bytes", 256 * GIB, "nvmlDeviceGetBAR1MemoryInfo"),
        _fact(FactGroup.MEMORY, "ecc_enabled", True, "nvmlDeviceGetEccMode"),
        _fact(FactGroup.CLOCKS, "clock_sm_max_hz", 1_980_000_000, "nvmlDeviceGetMaxClockInfo"),
        _fact(FactGroup.CLOCKS, "clock_memory_max_hz", 3_201_000_000, "nvmlDeviceGetMaxClockInfo"),
        _fact(FactGroup.POWER, "power_limit_watts", 700.0, "nvmlDeviceGetPowerManagementLimit"),
        _fact(
            FactGroup.POWER,
            "temperature_slowdown_celsius",
            None,
            "nvmlDeviceGetTemperatureThreshold",
        ),
        _fact(
            FactGroup.POWER,
            "temperature_shutdown_celsius",
            None,
            "nvmlDeviceGetTemperatureThreshold",
        ),
        _fact(FactGroup.LINK, "pci_address", f"00000000:{number:02X}:00.0", "nvmlDeviceGetPciInfo"),
        _fact(FactGroup.LINK, "pcie_generation", 5, "nvmlDeviceGetCurrPcieLinkGeneration"),
        _fact(FactGroup.LINK, "pcie_width", 16, "nvmlDeviceGetCurrPcieLinkWidth"),
        _fact(FactGroup.HEALTH, "rows_remapped_count", 0, "nvmlDeviceGetRemappedRows"),
        _fact(FactGroup.HEALTH, "ecc_errors_uncorrected_count", 0, "nvmlDeviceGetTotalEccErrors"),
        _fact(FactGroup.SOFTWARE, "driver_version", "570.124.06", "nvmlSystemGetDriverVersion"),
    )


def _fact(group: FactGroup, name: str, value: bool | float | str | None, source: str) -> DeviceFact:
    return DeviceFact(group, name, value, source)
