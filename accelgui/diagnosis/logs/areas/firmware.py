"""Starting a GPU: its own firmware, and what the kernel log says where it does not come up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_LIKELY = Confidence.LIKELY

SIGNS = (
    sign(
        "gsp_timeout",
        (
            "gsp timeout",
            "rpc from gsp",
            "response from gpu",
            "rpc response from",
            "gsp heartbeat",
            "heartbeat timed out",
            "gsp failure",
            "gsp error",
            "gsp rpc",
        ),
        r"GSP",
        says="gsp_firmware_failure",
        confidence=_LIKELY,
    ),
    sign(
        "gsp_boot",
        (
            "initialize gsp firmware",
            "bootstrap riscv/gsp",
            "gsp firmware image",
            "gfw_boot",
            "rmfetchgsprmimages",
            "failed to load gsp",
            "gsp initialization failed",
            "kgspinit",
            "kgspbootstrap",
            "gsp-crashcat",
            "unresponsive ===",
            "rm cannot boot",
            "fsp secure boot",
            "fsp command timed out",
            "fsp async command",
            "gsp-fmc error",
            "booter failed",
        ),
        r"(?:initialize|bootstrap|failed to load)[^\n]{0,12} (?:RISCV/)?gsp(?!_log)|GSP firmware"
        r" image|GFW_BOOT|RmFetchGspRmImages|GSP initialization failed|kgsp(?:Init|Bootstrap)"
        r"|GSP-CrashCat|GSP(?:-RM| core) unresponsive|RM cannot boot|FSP secure boot"
        r"|FSP (?:async )?command timed out|GSP-FMC Error|Booter failed",
        says="gsp_firmware_failure",
        confidence=_LIKELY,
    ),
    sign(
        "bar_invalid",
        (
            "assigned to your nvidia device is invalid",
            "misconfigured your gpu",
            "find an irq for your nvidia",
            "no interrupts of any type are available",
        ),
        says="gpu_fell_off_bus",
    ),
    sign("rm_init", "rminitadapter failed", r"RmInitAdapter failed! *\((?P<codes>[^)\n]{1,40})\)"),
    sign("no_nvml_devices", "no devices were found", r"No devices were found"),
)


def adapter_failed(clues: Clues) -> Iterator[Candidate]:
    """The driver is there and does not get the GPU to start."""
    clue = clues.first("rm_init")
    if clue is None or clues.has("legacy_gpu", "open_unsupported", "open_required", "gsp_boot"):
        return
    # The first number is the stage: 0x61 to 0x63 come from the GPU's own firmware.
    if clue["codes"].lower().startswith(("0x61", "0x62", "0x63")):
        yield likely("gsp_firmware_failure", [clue])
    elif clue["codes"].lower().startswith("0x22"):
        yield likely("open_kernel_module_unsupported_gpu", [clue])
        yield possible("gpu_fell_off_bus", [clue])
    else:
        yield possible("gpu_fell_off_bus", [clue])
        yield possible("open_kernel_module_unsupported_gpu", [clue])


def no_devices(clues: Clues) -> Iterator[Candidate]:
    """The driver runs and got none of its GPUs to start; the kernel's log says why."""
    clue = clues.first("no_nvml_devices")
    if clue is None or clues.has("rm_init", "xid", "fell_off", "legacy_gpu", "open_required"):
        return
    yield possible("open_kernel_module_unsupported_gpu", [clue])
    yield possible("gpu_fell_off_bus", [clue])
    yield possible("gsp_firmware_failure", [clue])


RULES: tuple[Rule, ...] = (adapter_failed, no_devices)
