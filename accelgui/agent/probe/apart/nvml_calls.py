"""What NVML is asked about each GPU: one call a row, with the facts that its answer gives."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Optional

from accelgui.model.device import FactGroup

_I, _C, _M = FactGroup.IDENTITY, FactGroup.COMPUTE, FactGroup.MEMORY
_K, _P, _L = FactGroup.CLOCKS, FactGroup.POWER, FactGroup.LINK
_H, _S = FactGroup.HEALTH, FactGroup.SOFTWARE

# nvml.h: nvmlBrandType_t and NVML_DEVICE_ARCH_*.
_BRANDS = {
    1: "Quadro",
    2: "Tesla",
    3: "NVS",
    4: "GRID",
    5: "GeForce",
    6: "Titan",
    7: "NVIDIA Virtual Applications",
    8: "NVIDIA Virtual PC",
    9: "NVIDIA Virtual Compute Server",
    10: "NVIDIA RTX Virtual Workstation",
    11: "NVIDIA Cloud Gaming",
    12: "Quadro RTX",
    13: "NVIDIA RTX",
    14: "NVIDIA",
    15: "GeForce RTX",
    16: "Titan RTX",
}
_ARCHITECTURES = {
    2: "Kepler",
    3: "Maxwell",
    4: "Pascal",
    5: "Volta",
    6: "Turing",
    7: "Ampere",
    8: "Ada Lovelace",
    9: "Hopper",
    10: "Blackwell",
    13: "Rubin",
}
_COMPUTE_MODES = {0: "default", 1: "exclusive_thread", 2: "prohibited", 3: "exclusive_process"}
# "Not available" of nvml.h, 32 and 64 bits wide.
_NOT_AVAILABLE = (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


class Fact(NamedTuple):
    """A fact and how it is taken out of the answer."""

    group: FactGroup
    name: str
    take: Callable[[Any], Any]


class Call(NamedTuple):
    """A function of NVML, its arguments after the device, and the facts in its answer."""

    function: str
    facts: tuple[Fact, ...]
    arguments: tuple[Any, ...] = ()
    only_if_told: bool = False


# nvml.h: nvmlClocksEventReason*.
_CLOCK_REASONS = {
    0x1: "gpu_idle",
    0x2: "application_clocks",
    0x4: "sw_power_cap",
    0x8: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal_slowdown",
    0x40: "hw_thermal_slowdown",
    0x80: "hw_power_brake",
    0x100: "display_clocks",
}


def number(value: Any) -> Optional[int]:
    """Return a number, None for NVML's "not available"."""
    return None if value in _NOT_AVAILABLE else int(value)


def positive(value: Any) -> Optional[int]:
    """Return a number that cannot be 0 on a working board, else None."""
    return number(value) or None


def _text(value: Any) -> Optional[str]:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text.strip() or None


def _watts(milliwatts: Any) -> Optional[float]:
    value = positive(milliwatts)
    return None if value is None else value / 1000


def _clock_reasons(bits: Any) -> str:
    return ",".join(name for bit, name in _CLOCK_REASONS.items() if int(bits) & bit) or "none"


def _hertz(megahertz: Any) -> Optional[int]:
    value = positive(megahertz)
    return None if value is None else value * 1_000_000


def _one(function: str, group: FactGroup, name: str, take: Any, *arguments: Any) -> Call:
    return Call(function, (Fact(group, name, take),), arguments)


def _pair(function: str, group: FactGroup, names: tuple[str, str], take: Any) -> Call:
    first, second = names
    return Call(
        function,
        (
            Fact(group, first, lambda answer: take(answer[0])),
            Fact(group, second, lambda answer: take(answer[1])),
        ),
    )


# Arguments are the values of nvml.h's enumerations.
CALLS = (
    _one("nvmlDeviceGetName", _I, "name", _text),
    _one("nvmlDeviceGetPciInfo", _I, "pci_address", lambda pci: pci_address(_text(pci.busId))),
    _one("nvmlDeviceGetUUID", _I, "uuid", _text),
    _one("nvmlDeviceGetSerial", _I, "serial", _text),
    _one("nvmlDeviceGetBoardPartNumber", _I, "board_part_number", _text),
    _one("nvmlDeviceGetBrand", _I, "brand", _BRANDS.get),
    _one("nvmlDeviceGetArchitecture", _I, "architecture", _ARCHITECTURES.get),
    _one("nvmlDeviceGetMinorNumber", _I, "minor_number", number),
    _one(
        "nvmlDeviceGetCudaComputeCapability",
        _C,
        "compute_capability",
        lambda pair: f"{pair[0]}.{pair[1]}",
    ),
    _one("nvmlDeviceGetNumGpuCores", _C, "cuda_cores_count", positive),
    _one("nvmlDeviceGetComputeMode", _C, "compute_mode", _COMPUTE_MODES.get),
    _pair("nvmlDeviceGetMigMode", _C, ("mig_enabled", "mig_pending_enabled"), bool),
    _one("nvmlDeviceGetMemoryBusWidth", _M, "memory_bus_width_bits", positive),
    _one(
        "nvmlDeviceGetBAR1MemoryInfo",
        _M,
        "bar1_total_bytes",
        lambda memory: positive(memory.bar1Total),
    ),
    _one("nvmlDeviceGetMaxClockInfo", _K, "clock_graphics_max_hz", _hertz, 0),
    _one("nvmlDeviceGetMaxClockInfo", _K, "clock_sm_max_hz", _hertz, 1),
    _one("nvmlDeviceGetMaxClockInfo", _K, "clock_memory_max_hz", _hertz, 2),
    _one("nvmlDeviceGetCurrentClocksEventReasons", _K, "clocks_event_reasons", _clock_reasons),
    _one("nvmlDeviceGetEnforcedPowerLimit", _P, "power_limit_enforced_watts", _watts),
    _one("nvmlDeviceGetPowerManagementLimit", _P, "power_limit_watts", _watts),
    _one("nvmlDeviceGetPowerManagementDefaultLimit", _P, "power_limit_default_watts", _watts),
    _pair(
        "nvmlDeviceGetPowerManagementLimitConstraints",
        _P,
        ("power_limit_min_watts", "power_limit_max_watts"),
        _watts,
    ),
    _one("nvmlDeviceGetTemperatureThreshold", _P, "temperature_shutdown_celsius", positive, 0),
    _one("nvmlDeviceGetTemperatureThreshold", _P, "temperature_slowdown_celsius", positive, 1),
    _one("nvmlDeviceGetTemperatureThreshold", _P, "temperature_memory_max_celsius", positive, 2),
    _one("nvmlDeviceGetTemperatureThreshold", _P, "temperature_max_celsius", positive, 3),
    _one("nvmlDeviceGetCurrPcieLinkGeneration", _L, "pcie_generation", positive),
    _one("nvmlDeviceGetMaxPcieLinkGeneration", _L, "pcie_generation_max", positive),
    _one("nvmlDeviceGetCurrPcieLinkWidth", _L, "pcie_width", positive),
    _one("nvmlDeviceGetMaxPcieLinkWidth", _L, "pcie_width_max", positive),
    _one("nvmlDeviceGetPcieReplayCounter", _L, "pcie_replays_count", number),
    _pair("nvmlDeviceGetEccMode", _H, ("ecc_enabled", "ecc_pending_enabled"), bool),
    # Error type (0 corrected, 1 uncorrected), then counter (1: of the board's whole life).
    _one("nvmlDeviceGetTotalEccErrors", _H, "ecc_errors_corrected_count", number, 0, 1),
    _one("nvmlDeviceGetTotalEccErrors", _H, "ecc_errors_uncorrected_count", number, 1, 1),
    _one(
        "nvmlDeviceGetTotalEccErrors", _H, "ecc_errors_uncorrected_since_reset_count", number, 1, 0
    ),
    # The cause of retirement: 0 several corrected errors, 1 an uncorrected one.
    _one("nvmlDeviceGetRetiredPages", _H, "retired_pages_corrected_count", len, 0),
    _one("nvmlDeviceGetRetiredPages", _H, "retired_pages_uncorrected_count", len, 1),
    _one("nvmlDeviceGetRetiredPagesPendingStatus", _H, "retired_pages_pending", bool),
    Call(
        "nvmlDeviceGetRemappedRows",
        (
            Fact(_H, "rows_remapped_count", lambda rows: rows[0] + rows[1]),
            Fact(_H, "rows_remapped_uncorrected_count", lambda rows: rows[1]),
            Fact(_H, "row_remap_pending", lambda rows: bool(rows[2])),
            Fact(_H, "row_remap_failed", lambda rows: bool(rows[3])),
        ),
    ),
    _one("nvmlDeviceGetVbiosVersion", _S, "vbios_version", _text),
    _one("nvmlDeviceGetInforomImageVersion", _S, "inforom_version", _text),
    _one("nvmlDeviceGetPersistenceMode", _S, "persistence_mode", bool),
    _one("nvmlDeviceGetDisplayActive", _S, "display_active", bool),
)

# The second version tells what the driver keeps for itself apart; older drivers know the first.
_MEMORY = (
    Fact(_M, "memory_total_bytes", lambda memory: positive(memory.total)),
    Fact(_M, "memory_reserved_bytes", lambda memory: getattr(memory, "reserved", None)),
    Fact(_M, "memory_used_bytes", lambda memory: number(memory.used)),
)
MEMORY_CALLS = tuple(
    Call("nvmlDeviceGetMemoryInfo", _MEMORY, arguments) for arguments in ((0x02000028,), ())
)


def pci_address(bus_id: Optional[str]) -> Optional[str]:
    """Return NVML's "00000000:01:00.0" as sysfs has it: "0000:01:00.0"."""
    if bus_id is None:
        return None
    domain, _colon, rest = bus_id.lower().partition(":")
    return f"{domain[-4:]}:{rest}"
