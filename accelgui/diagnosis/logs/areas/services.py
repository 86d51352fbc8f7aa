"""What a machine's services and its buses write as it starts: systemd, vfio, PCIe, Ubuntu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "nova",
        "novacore",
        r"NovaCore (?:0000:)?[0-9a-f]{2}:[0-9a-f]{2}\.\d: (?:Probe|NVIDIA)",
        says="other_kernel_driver_owns_gpu",
    ),
    sign(
        "unplugged",
        "pciehp: slot",
        r"pciehp: Slot\([^)\n]{1,8}\): (?:Link Down|Card not present)[^\n]{0,240}\b(?:nvidia|NVRM)",
        says="gpu_fell_off_bus",
    ),
    sign(
        "fewer_than_configured",
        ("low gres/gpu count", "gres/gpu count reported lower"),
        says="gpu_fell_off_bus",
    ),
    sign(
        "no_iommu_group",
        ("no iommu_group found", "no iommu detected"),
        r"vfio[^\n]{0,60}no iommu_group found|no IOMMU detected",
        says="device_nodes_missing",
    ),
    sign(
        "module_not_found_at_boot",
        ("failed to find module 'nvidia", "failed to insert module 'nvidia"),
        r"Failed to (?:find|insert) module 'nvidia(?:[-_](?:uvm|modeset|drm))?'",
    ),
    sign(
        "service_failed",
        ("nvidia persistence daemon", "nvidia-persistenced.service"),
        r"Failed to start (?:nvidia-persistenced\.service|NVIDIA Persistence Daemon)"
        r"|nvidia-persistenced\.service: Failed with",
    ),
    sign("ubuntu_no_module", "is nvidia kernel module available? no", None),
    sign("ubuntu_no_card", "has nvidia? no", None),
)


def not_loaded_at_boot(clues: Clues) -> Iterator[Candidate]:
    """A service of the driver's has no module to work with; it may have come later."""
    clue = clues.first("module_not_found_at_boot", "service_failed")
    if clue is None or clues.has("smi", "module_loading", "proc_version", "gpu_listed"):
        return
    yield likely("driver_module_not_loaded", [clue])
    yield possible("kernel_module_not_built_for_kernel", [clue])


def ubuntu_says(clues: Clues) -> Iterator[Candidate]:
    """Ubuntu's gpu-manager looks for the module of the running kernel."""
    clue = clues.first("ubuntu_no_module")
    if clue and not clues.has("ubuntu_no_card"):
        yield likely("kernel_module_not_built_for_kernel", [clue])
        yield possible("driver_not_installed", [clue])


RULES: tuple[Rule, ...] = (not_loaded_at_boot, ubuntu_says)
