"""Rules of the device itself: is there one, is it still there, is it asleep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, info, warning
from accelgui.diagnosis.rules.other_makers import OTHER_MAKERS
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

NVML_ERROR_GPU_IS_LOST = 15
NVML_ERROR_RESET_REQUIRED = 16


def no_accelerator(case: Case) -> Finding | None:
    """Nothing on the bus, no node, no hint."""
    if case.machine is None or case.has_accelerator:
        return None
    count = len(case.machine.pci)
    source = "/sys/bus/pci/devices"
    seen = [f"{device.vendor_id}:{device.device_id}" for device in case.machine.pci]
    text = ", ".join(seen) if count else "no display, 3D or accelerator device"
    is_seen = case.saw(source)
    has_others = any(case.gpus_of(vendor) for vendor in OTHER_MAKERS)
    return info(
        "no_accelerator_present",
        Link.DEVICE,
        Evidence(source, text if is_seen else "not in this tree of files"),
        confidence=Confidence.CERTAIN if is_seen else Confidence.POSSIBLE,
        **({"other_gpu": "yes"} if has_others else {}),
    )


def fell_off_bus(case: Case) -> Finding | None:
    """NVML says that a GPU which it had is lost."""
    answer = case.nvml_answer(NVML_ERROR_GPU_IS_LOST)
    return error("gpu_fell_off_bus", Link.DEVICE, call_evidence(answer)) if answer else None


def reset_needed(case: Case) -> Finding | None:
    """NVML, or the row remapper, waits for a reset."""
    if answer := case.nvml_answer(NVML_ERROR_RESET_REQUIRED):
        return error("gpu_reset_needed_row_remap", Link.DEVICE, call_evidence(answer))
    for device in case.machine.devices if case.machine else ():
        for fact in device.facts:
            if fact.name == "row_remap_pending" and fact.value is True:
                evidence = Evidence(fact.source, f"{device.key}: row remapping pending")
                return warning("gpu_reset_needed_row_remap", Link.DEVICE, evidence)
    return None


def asleep(case: Case) -> Finding | None:
    """A suspended laptop GPU is left asleep."""
    sleeping = [gpu for gpu in case.nvidia_gpus if gpu.runtime_status == "suspended"]
    if not sleeping or case.tried:
        return None
    source = f"/sys/bus/pci/devices/{sleeping[0].address}/power/runtime_status"
    return info("gpu_asleep", Link.DEVICE, Evidence(source, "suspended"))


def numa_node_unknown(case: Case) -> Finding | None:
    """A benign line that frightens people."""
    framework = case.framework
    for number, line in enumerate(framework.log if framework else (), start=1):
        if "successful NUMA node read from SysFS had negative value" in line:
            return info("numa_node_unknown", Link.DEVICE, Evidence("log", line, number))
    return None


RULES: tuple[Rule, ...] = (no_accelerator, fell_off_bus, reset_needed, asleep, numa_node_unknown)
