"""Servers and clusters: the GPU Operator, Kubernetes' plug-ins, Slurm, monitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely, possible
from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "validator",
        ("error validating driver", "failed to validate the driver", "driver is not ready"),
        r"error validating driver|failed to validate the driver|nvidia[^\n]{0,80}driver is not"
        r" ready",
    ),
    sign(
        "resources_unseen",
        ("gpu resources are not discovered", "no healthy devices present"),
        r"error[^\n]{0,60}GPU resources are not discovered|no healthy devices present"
        r"[^\n]{0,60}nvidia\.com",
    ),
    sign(
        "no_device_major",
        "failed to determine major",
        r"failed to determine major[^\n]{0,40}",
        says="driver_module_not_loaded",
    ),
    sign(
        "apptainer_contained",
        "no gpus will be available in container",
        says="container_started_without_gpus",
    ),
    sign("lxd_no_card", "failed to detect requested gpu", says="device_nodes_missing"),
    sign(
        "lxd_no_hook",
        ("nvidia lxc hook couldn", "missing tool nvidia-container-cli"),
        says="container_toolkit_not_installed",
    ),
    # nvidia-smi, asked to change what others use.
    sign(
        "used_by_others",
        (
            "currently being used by one or more other processes",
            "nvidia driver kernel modules, driver is in use",
        ),
        says="gpu_memory_held_by_other_process",
    ),
    # An old toolkit on a system that has control groups of the second version only.
    sign(
        "no_devices_cgroup",
        "cgroup subsystem devices not found",
        says="container_toolkit_not_installed",
    ),
)


def not_validated(clues: Clues) -> Iterator[Candidate]:
    """The operator waits for a driver, which its own container may yet have to build."""
    if clue := clues.first("validator"):
        yield likely("driver_module_not_loaded", [clue])
        yield possible("kernel_module_not_built_for_kernel", [clue])
        yield possible("driver_not_installed", [clue])


def not_offered(clues: Clues) -> Iterator[Candidate]:
    """The node offers no GPU to the cluster, or none that is well."""
    if clue := clues.first("resources_unseen"):
        yield likely("nvidia_runtime_not_default", [clue])
        yield possible("driver_module_not_loaded", [clue])
        yield possible("gpu_fell_off_bus", [clue])


RULES: tuple[Rule, ...] = (not_validated, not_offered)
