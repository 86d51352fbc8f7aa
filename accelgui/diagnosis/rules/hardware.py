"""Rules of hardware that fails: memory errors, firmware that is silent, a GPU that is gone.

Xid numbers: NVIDIA's "Xid Errors" (docs.nvidia.com/deploy/xid-errors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, warning
from accelgui.diagnosis.seen import facts, kernel_line
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_XID = r"Xid \(.{1,40}\): (?:%s)\b"
_LOST = _XID % "79" + r"|GPU has fallen off the bus"
_FIRMWARE = (
    _XID % "119|120"
    + r"|RmInitAdapter: Cannot initialize GSP|GSP RM heartbeat timed out"
    + r"|failed to load .{0,80}\bgsp_\w+\.bin"
    + r"|Timeout .{0,60}waiting for RPC response from GPU\d* GSP"
    + r"|firmware: failed to load nvidia/|Direct firmware load for nvidia/\S+gsp_\S+ failed"
)
# 48 double-bit error, 94 contained and 95 uncontained error, 140 unrecovered ECC error.
_MEMORY = _XID % "48|94|95|140"
_REMAP_FAILED = _XID % "64"
# 63: a row was marked for remapping or a page for retirement, which the next reset activates.
_REMAP_WAITS = _XID % "63"
_PENDING = ("row_remap_pending", "retired_pages_pending")


def fell_off_bus(case: Case) -> Finding | None:
    """The kernel's log says that the GPU is gone since the last start of the system."""
    line = kernel_line(case, _LOST)
    if line is None or case.proof is not None:
        return None
    return error("gpu_fell_off_bus", Link.DEVICE, line)


def missing_from_bus(case: Case) -> Finding | None:
    """The driver lists a GPU which is not on the bus any more, or which does not answer there."""
    if fell_off_bus(case) or case.proof is not None:
        return None
    if silent := next((gpu for gpu in case.nvidia_gpus if gpu.is_gone), None):
        source = f"/sys/bus/pci/devices/{silent.address}/config"
        told = Evidence(source, "every bit reads as one")
        return error("gpu_fell_off_bus", Link.DEVICE, told, confidence=Confidence.LIKELY)
    pci = {device.address for device in case.machine.pci} if case.machine else set()
    gone = [gpu for gpu in case.nvidia.gpus if gpu.address.lower() not in pci]
    if not gone or not pci or case.is_container:
        return None
    return error(
        "gpu_fell_off_bus",
        Link.DEVICE,
        Evidence(f"/proc/driver/nvidia/gpus/{gone[0].address}", gone[0].model or "listed"),
        Evidence("/sys/bus/pci/devices", f"no {gone[0].address}"),
        confidence=Confidence.LIKELY,
    )


def firmware_silent(case: Case) -> Finding | None:
    """The GPU's own firmware could not be loaded, or stopped answering."""
    line = kernel_line(case, _FIRMWARE)
    if line is None or fell_off_bus(case) is not None:
        return None
    tell = warning if case.proof else error
    return tell("gsp_firmware_failure", Link.DEVICE, line, confidence=Confidence.LIKELY)


def memory_faults(case: Case) -> Finding | None:
    """Rows could not be replaced, or uncorrectable errors came up since the last reset."""
    for device, fact in facts(case, "row_remap_failed"):
        if fact.value is True:
            told = Evidence(fact.source, f"{device.key}: a row could not be remapped")
            return error("gpu_hardware_fault_ecc", Link.DEVICE, told)
    for device, fact in facts(case, "ecc_errors_uncorrected_since_reset_count"):
        if isinstance(fact.value, int) and fact.value > 0:
            text = f"{device.key}: {fact.value} uncorrected errors since the last reset"
            told = Evidence(fact.source, text)
            return warning(
                "gpu_hardware_fault_ecc", Link.DEVICE, told, confidence=Confidence.LIKELY
            )
    if line := kernel_line(case, _REMAP_FAILED):
        return error("gpu_hardware_fault_ecc", Link.DEVICE, line, confidence=Confidence.LIKELY)
    if line := kernel_line(case, _MEMORY):
        tell = warning if case.proof else error
        return tell("gpu_hardware_fault_ecc", Link.DEVICE, line, confidence=Confidence.LIKELY)
    return None


def pages_wait(case: Case) -> Finding | None:
    """Older boards retire whole pages of memory, at the next start of the driver."""
    for device, fact in facts(case, "retired_pages_pending"):
        if fact.value is True:
            told = Evidence(fact.source, f"{device.key}: page retirement pending")
            return warning("gpu_reset_needed_row_remap", Link.DEVICE, told)
    # What NVML says of now counts more than what the log says of then.
    if any(True for name in _PENDING for _ in facts(case, name)):
        return None
    if (line := kernel_line(case, _REMAP_WAITS)) and memory_faults(case) is None:
        return warning(
            "gpu_reset_needed_row_remap", Link.DEVICE, line, confidence=Confidence.LIKELY
        )
    return None


RULES: tuple[Rule, ...] = (
    fell_off_bus,
    missing_from_bus,
    firmware_silent,
    memory_faults,
    pages_wait,
)
