"""The GPU itself: what the kernel log and nvidia-smi say of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY

# Numbers of NVIDIA's "Xid Errors" document.

SIGNS = (
    sign(
        "fell_off",
        ("fallen off the bus", "gpu is lost", "gpu_is_lost", "gpuislost", "gpu has been lost"),
        says="gpu_fell_off_bus",
        confidence=_CERTAIN,
    ),
    sign(
        "no_handle",
        "unable to determine the device handle",
        r"device handle for (?:GPU|gpu)[^\n]{0,24}: ?(?:Unknown Error|Not Found|No such)",
        says="gpu_fell_off_bus",
    ),
    sign(
        "bus_error",
        "aer: ",
        r"\bnvidia [\da-f:.]{7,12}: AER: can't recover"
        r"|NVRM[^\n]{0,200}AER: device recovery failed",
        says="gpu_fell_off_bus",
    ),
    sign(
        "reboot_to_recover",
        "reboot the system to recover this gpu",
        says="gpu_fell_off_bus",
        confidence=_LIKELY,
    ),
    sign(
        "ecc",
        (
            "uncorrectable ecc",
            "uncorrectable memory error",
            "cuda_error_ecc_uncorrectable",
            "cudaerroreccuncorrectable",
            "uncontained error",
            "double bit ecc",
            "nvlink error",
        ),
        r"uncorrectable ECC error|cuda_?error_?ecc_?uncorrectable|Uncontained|double bit ECC error"
        r"|uncorrectable memory error",
        says="gpu_hardware_fault_ecc",
        confidence=_CERTAIN,
    ),
    sign(
        "remap_pending",
        ("pending", "row remap", "row-remap", "page retirement", "retired page"),
        r"(?:Pending|Remapping Pending|Pending Page Blacklist) *: *Yes"
        r"|row[- ]?remap[a-z]* (?:event )?(?:is |are )?pending|pending retired page"
        r"|GPU requires reset|GPU reset (?:is )?(?:required|needed)"
        r"|Dynamic Page Retirement[^\n]{0,60}reboot",
        says="gpu_reset_needed_row_remap",
        confidence=_CERTAIN,
    ),
    sign(
        "reset_required",
        (
            "gpu requires reset",
            "gpu needs to be reset",
            "reset required",
            "requires a reset",
            "recovery action",
        ),
        r"GPU (?:requires|needs)[^\n]{0,12} reset|GPU reset required|Reset Required *: *Yes"
        r"|Recovery Action *: *(?:GPU )?Reset",
        says="gpu_reset_needed_row_remap",
    ),
    sign(
        "remap_failed",
        "remapping failure",
        r"Remapping Failure (?:Occurred)? *: *Yes",
        says="gpu_hardware_fault_ecc",
        confidence=_CERTAIN,
    ),
    sign(
        "ecc_counted",
        "uncorrectable",
        r"(?:DRAM|Device Memory|SRAM|Texture Memory|L2 Cache|Total) Uncorrectable(?: \w+)? *:"
        r" *[1-9]\d*\b",
        says="gpu_hardware_fault_ecc",
    ),
    sign(
        "fabric",
        (
            "system not yet initialized",
            "system_not_ready",
            "systemnotready",
            "error 802",
            "cuda failure 802",
        ),
        r"system not yet initialized|SYSTEM_?NOT_?READY|error 802",
    ),
    sign(
        "fabric_service",
        ("fabricmanager", "fabric manager", "fabric-manager"),
        r"fabric[ -]?manager(?!/socket)[^\n]{0,120}(?:fail|inactive|dead|mismatch|not (?:"
        r"running|loaded|found|installed)|different version|error)"
        r"|fabric manager NVIDIA GPU driver interface version",
    ),
    sign("no_switches", ("nv_warn_nothing_to_do", "no nvswitch", "nothing to do [")),
    sign(
        "fabric_state",
        ("fabric",),
        r"Fabric(?: State| Status)? *:? *(?:State *: *)?(?:In Progress|Not Started)",
    ),
    sign(
        "mig_empty",
        ("mig ", "no mig devices found", "no mig-enabled"),
        r"No MIG devices found|MIG Devices *: None|invalid MIG configuration|MIG mode (?:is"
        r" )?enabled[^\n]{0,40}(?:no|without)[^\n]{0,20}"
        r"instances?|no (?:GPU|compute) instances? (?:found|exist|created)",
        says="mig_enabled_without_instances",
        confidence=_CERTAIN,
    ),
    sign(
        "mig_on",
        ("enabled", "mig mode"),
        r"Enabled MIG Mode for GPU|(?:MIG M\.|Disabled \||MIG Mode)[^\n]{0,80}Enabled"
        r"|\| +Enabled \||MIG Mode +Current *: *Enabled",
    ),
    sign("mig_list", "mig ", r"MIG +\d+g\.\d+gb|GI +CI +MIG|MIG devices:"),
    sign(
        "exclusive",
        (
            "exclusive_process",
            "exclusive process",
            "exclusive_thread",
            "e. thread",
            "e. process",
            "exclusive-process",
            "compute mode",
        ),
        r"Exclusive[_ -](?:Process|Thread)|E\. (?:Process|Thread)|Compute Mode *: *(?:Exclusive"
        r"|Prohibited)",
    ),
    sign(
        "busy",
        (
            "busy or unavailable",
            "devicesunavailable",
            "device_unavailable",
            "devices_unavailable",
            "cuda_error_device_unavailable",
        ),
        r"busy or unavailable|devices?_?unavailable",
    ),
    sign("no_context", ("failed to create cuda context", "no more unused gpus")),
    sign(
        "asleep",
        ("runtime_status", "power_state", "d3cold", "runtime suspended"),
        r"runtime_status[^\n]{0,80}suspended|power_state\W{1,4}D3cold"
        r"|Runtime D3 status *: *(?:Video Memory *: *)?(?:Active|Enabled)[^\n]{0,20}suspended"
        r"|in D3cold",
        says="gpu_asleep",
        confidence=_LIKELY,
    ),
    sign(
        "d3cold_stuck",
        ("power state from d3", "power state from unknown"),
        r"(?:Unable to|can't|can not) change power state from (?:D3cold|D3hot|unknown) to D0",
        says="gpu_fell_off_bus",
    ),
    sign(
        "switched_off",
        ("bbswitch", "acpi_call", "vgaswitcheroo"),
        r"bbswitch: (?:disabling|Succesfully disabled|device [^\n]{0,30} is off)|discrete"
        r" graphics[^\n]"
        r"{0,20}(?:off|disabled)",
        says="gpu_asleep",
    ),
    sign(
        "at_its_hottest",
        "gpu current temp",
        r"GPU Current Temp *: *(?P<now>\d+) C[^\n]{0,400}"
        r"GPU Max Operating Temp *: *(?P<most>\d+) C",
    ),
    sign(
        "thermal",
        "slowdown",
        r"(?:SW|HW) Thermal Slowdown *: *Active",
        says="thermal_throttling",
        confidence=_CERTAIN,
    ),
    sign(
        "hot",
        (
            "temperature above threshold",
            "thermal throttl",
            "swthermalslowdown",
            "hwthermalslowdown",
        ),
        says="thermal_throttling",
    ),
    sign(
        "power_cap",
        "power",
        r"SW Power Cap *: *Active|Power Brake Slowdown *: *Active"
        r"|SwPowerCap",
        says="power_throttling",
        confidence=_CERTAIN,
    ),
    sign(
        "slowdown",
        ("hw slowdown", "hwslowdown"),
        r"HW Slowdown *: *Active|HwSlowdown",
        says="hardware_slowdown",
        confidence=_CERTAIN,
    ),
    sign(
        "link_width",
        "link width",
        r"Link Width Max *: (?P<most>\d{1,2})x Current *: (?P<now>\d{1,2})x",
    ),
    sign(
        "link_degraded",
        ("downgraded", "available pcie bandwidth"),
        r"(?:Speed|Width) [\w./]+ \(downgraded\)"
        r"|(?P<now>[\d.]+) Gb/s available PCIe bandwidth, limited by",
        says="pcie_link_degraded",
    ),
)


def fabric_manager(clues: Clues) -> Iterator[Candidate]:
    """Error 802 is said by machines with NVSwitch until their fabric manager has run."""
    if clue := clues.first("fabric"):
        yield certain("fabric_manager_not_running", [clue, *clues.all("fabric_service")])
    elif clues.has("no_switches", "geforce_listed"):
        # Machines without NVSwitch need no fabric manager, and it says so as it ends.
        return
    elif clue := clues.first("fabric_service", "fabric_state"):
        yield likely("fabric_manager_not_running", [clue])


def hot(clues: Clues) -> Iterator[Candidate]:
    """The GPU is as hot as its driver lets it become."""
    clue = clues.first("at_its_hottest")
    if clue is not None and int(clue["now"]) >= int(clue["most"]):
        yield likely("thermal_throttling", [clue])


def mig(clues: Clues) -> Iterator[Candidate]:
    """MIG is on and no program sees a device, since no part was made."""
    on = clues.first("mig_on")
    if (
        on
        and not clues.has("mig_list", "mig_empty")
        and clues.has("no_device", "torch_no_gpus", "not_initialised", "false")
    ):
        yield likely("mig_enabled_without_instances", [on])


def exclusive(clues: Clues) -> Iterator[Candidate]:
    """One process at a time, and somebody is there; or, without the mode in sight, maybe."""
    busy, mode = clues.first("busy", "no_context"), clues.first("exclusive")
    if busy and mode:
        yield certain("exclusive_compute_mode", [busy, mode])
    elif busy and busy.sign == "busy":
        yield likely("exclusive_compute_mode", [busy])
        yield possible("gpu_memory_held_by_other_process", [busy])
        yield possible("operation_fails_on_device", [busy])


def narrow_link(clues: Clues) -> Iterator[Candidate]:
    """The width of a link does not change when the GPU rests; its speed does."""
    for clue in clues.all("link_width"):
        if int(clue["now"]) < int(clue["most"]):
            yield likely("pcie_link_degraded", [clue])


RULES: tuple[Rule, ...] = (fabric_manager, hot, mig, exclusive, narrow_link)
