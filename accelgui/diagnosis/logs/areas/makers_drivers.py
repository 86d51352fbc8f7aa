"""Drivers of AMD, Intel and Tegra: what their kernel modules and their runtimes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "maker_gpu_hung",
        (
            "gpu reset begin",
            "timeout, signaled seq",
            "page fault (src_id",
            "gpu hang: ecode",
            "hsa_status_error_exception",
            "hsa_status_error_fatal",
            "hsa_status_error_memory_aperture",
        ),
        r"amdgpu[^\n]{0,60}(?:GPU reset begin|timeout, signaled seq|page fault \(src_id)"
        r"|GPU HANG: ecode|HSA_STATUS_ERROR_(?:EXCEPTION|FATAL|MEMORY_APERTURE\w+)",
        says="operation_fails_on_device",
    ),
    sign(
        "tegra_gpu_error",
        "nvgpu: ",
        r"nvgpu: \S+ [^\n]{0,80}(?:\[ERR\]|error notifier set)",
        says="operation_fails_on_device",
    ),
    sign(
        "tegra_memory",
        "nvmapmemalloc",
        r"NvMapMemAlloc\w*:[^\n]{0,20} error 12\b",
        says="gpu_out_of_memory",
    ),
    # The card does not come up.
    sign(
        "maker_gpu_init",
        (
            "error during gpu init",
            "guc init failed",
            "guc load failed",
            "probe with driver xe failed",
            "pci rejects atomics",
            "hw_init of ip block",
        ),
        r"amdgpu[^\n]{0,40}Fatal error during GPU init|GuC (?:init|load) failed|probe with driver"
        r" xe failed|skipped device [^\n]{0,30}PCI rejects atomics|hw_init of IP block[^\n]{0,40}"
        r"failed",
        says="operation_fails_on_device",
    ),
    sign(
        "maker_firmware",
        ("firmware load for amdgpu/", "firmware load for i915/", "firmware load for xe/"),
        r"Direct firmware load for (?:amdgpu|i915|xe)/\S+ failed",
        says="driver_packages_inconsistent",
    ),
    sign(
        "isa_unknown",
        ("hsa_status_error_invalid_isa", "hsa_status_error_illegal_instruction"),
        says="gpu_arch_not_in_build",
    ),
    sign(
        "intel_too_new",
        "not properly supported by i915",
        says="intel_gpu_needs_plugin",
    ),
    sign("no_drm", ("no drm devices detected", "no drm devices available"), None),
    sign("level_zero", ("ze_result_error_uninitialized", "zeinit failed"), None),
    sign("kfd_not_live", "rock module is not live", says="driver_module_not_loaded"),
)


def no_rocm_driver(clues: Clues) -> Iterator[Candidate]:
    """ROCm's tools find no card that amdgpu drives."""
    if clue := clues.first("no_drm"):
        yield likely("driver_module_not_loaded", [clue])
        yield possible("no_accelerator_present", [clue])
        yield possible("device_permission_denied", [clue])


def no_level_zero(clues: Clues) -> Iterator[Candidate]:
    """Intel's loader is there and finds no driver behind it, or none for this user."""
    if clue := clues.first("level_zero"):
        yield likely("intel_gpu_needs_plugin", [clue])
        yield possible("device_permission_denied", [clue])


RULES: tuple[Rule, ...] = (no_rocm_driver, no_level_zero)
