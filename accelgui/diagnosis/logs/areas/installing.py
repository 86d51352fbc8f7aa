"""Installing the driver: what NVIDIA's installer, DKMS and the kernel say when it ends early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "installer_needs",
        (
            "find the development tool",
            "kernel header file",
            "sources have not been configured",
            "the cc version check failed",
            "kernel module was not created",
            "the most likely reason for this is that the kernel source",
            "kernel output path",
        ),
        r"find the development tool [`'\"](?:cc|gcc|make|ld)\b"
        r"|kernel header file[^\n]{0,20} (?:does not )?exist|CC version check failed"
        r"|nvidia[\w-]* kernel module was not created"
        r"|most likely reason for this is that the kernel source"
        r"|kernel output path[^\n]{0,80} does not exist",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "not_autoinstalled",
        (
            "autoinstall on",
            "module source directory",
            "is broken!",
            "dkms.conf",
            "module not found: 'nvidia'",
        ),
        r"Autoinstall on (?P<kernel>\S+) failed for module\(s\)[^\n]{0,80}nvidia"
        r"|nvidia[\w-]*/[\d.]+(?:: | is broken! )Missing the (?:module )?source directory"
        r"|nvidia/[\d.]+/source/dkms\.conf does not exist|ERROR: module not found: 'nvidia'",
        says="kernel_module_not_built_for_kernel",
    ),
    sign(
        "key_not_trusted",
        ("does not trust any key", "config_module_sig_force"),
        r"kernel does not trust any key|has CONFIG_MODULE_SIG_FORCE set",
        says="secure_boot_rejects_module",
    ),
    sign(
        "wrong_kind_of_module",
        ("kernel modules are incompatible with the gpu", "requires the open gpu kernel"),
        says="open_kernel_module_unsupported_gpu",
    ),
    sign(
        "legacy_listed",
        ("are supported through nvidia legacy", "ignoring the legacy gpu"),
        says="gpu_dropped_by_driver_branch",
    ),
    sign(
        "still_loaded",
        "appears to be already loaded in your kernel",
        says="driver_upgraded_not_reloaded",
    ),
    sign("probe_failed", ("probe routine failed for", "nvidia devices were initialized"), None),
    sign(
        "unsuspended",
        "attempted without driver procfs suspend interface",
        says="uvm_broken_after_suspend",
    ),
    sign(
        "guest_driver",
        (
            "guest driver is incompatible",
            "guest driver version is incompatible",
            "incompatible guest/host drivers",
        ),
        says="driver_packages_inconsistent",
    ),
    # Until it is licensed, a virtual GPU does less, and does some things not at all.
    sign(
        "guest_licence",
        "valid grid license not found",
        says="operation_fails_on_device",
    ),
    sign(
        "legacy_virtualization",
        "not supported in legacy virtualization mode",
        says="wsl_or_gpupv_host_driver_libs_missing",
    ),
)

_REASONS = (
    "bound_to_other",
    "legacy_gpu",
    "legacy_listed",
    "open_unsupported",
    "open_required",
    "not_supported_gpu",
    "rm_init",
    "bar_invalid",
    "maybe_conflict",
)


def not_probed(clues: Clues) -> Iterator[Candidate]:
    """The driver took none of the GPUs that it was shown, and does not say why."""
    clue = clues.first("probe_failed")
    if clue is None or clues.has(*_REASONS):
        return
    yield likely("driver_module_not_loaded", [clue])
    yield possible("gpu_dropped_by_driver_branch", [clue])
    yield possible("gpu_fell_off_bus", [clue])


def only_added(clues: Clues) -> Iterator[Candidate]:
    """DKMS knows of the driver and has installed it for no kernel."""
    clue = clues.first("dkms_not_installed")
    if clue and not clues.has("dkms", "module_file", "smi", "proc_version", "gpu_listed"):
        yield likely("kernel_module_not_built_for_kernel", [clue])


RULES: tuple[Rule, ...] = (not_probed, only_added)
