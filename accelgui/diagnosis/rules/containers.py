"""Rules of containers: the driver is the host's, and the devices are lent by the runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, warning
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

NVML_ERROR_NO_PERMISSION = 4
NVML_ERROR_OPERATING_SYSTEM = 17
NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18


def started_without_gpus(case: Case) -> Finding | None:
    """The host has a GPU with its driver, but not one node of it is in here."""
    if not case.is_container or case.host.wsl or case.gpu_nodes:
        return None
    if not case.nvidia_gpus or case.nvidia.module_loaded is not True:
        return None
    evidence = [Evidence("/dev", "no nvidia0")]
    if (visible := case.environment.get("NVIDIA_VISIBLE_DEVICES")) is not None:
        evidence.append(Evidence("NVIDIA_VISIBLE_DEVICES", visible))
    return error("container_started_without_gpus", Link.DEVICE_NODES, *evidence)


def device_access_revoked(case: Case) -> Finding | None:
    """The nodes are here and look open, but the kernel refuses: the cgroup lost its rule."""
    answer = case.nvml_answer(NVML_ERROR_OPERATING_SYSTEM)
    if answer is None and case.is_container and _nodes_look_open(case):
        answer = case.nvml_answer(NVML_ERROR_NO_PERMISSION)
    if answer is None:
        return None
    return error(
        "container_cgroup_device_access_revoked",
        Link.DEVICE_NODES,
        call_evidence(answer),
        confidence=Confidence.LIKELY if case.is_container else Confidence.POSSIBLE,
    )


def without_compute(case: Case) -> Finding | None:
    """NVML works, libcuda was not lent: the runtime was asked for tools only."""
    if not case.is_container or case.host.wsl or not case.gpu_nodes or case.libraries("libcuda.so"):
        return None
    wanted = case.environment.get("NVIDIA_DRIVER_CAPABILITIES")
    has_nvml = case.nvidia.nvml is not None and case.nvidia.nvml.code == 0
    if not has_nvml or case.cuda_code is not None:
        return None
    asked = {part.strip() for part in (wanted or "").split(",")}
    if asked & {"all", "compute"}:
        return None
    evidence = Evidence("NVIDIA_DRIVER_CAPABILITIES", wanted if wanted is not None else "not set")
    return error(
        "driver_capabilities_without_compute",
        Link.LIBCUDA,
        evidence,
        confidence=Confidence.CERTAIN if wanted else Confidence.LIKELY,
    )


def image_contains_libraries(case: Case) -> Finding | None:
    """In a container, libraries of another version than the module may be the image's own."""
    answer = case.nvml_answer(NVML_ERROR_LIB_RM_VERSION_MISMATCH)
    if not case.is_container or answer is None:
        return None
    paths = [library.path for library in case.libraries("libnvidia-ml.so")]
    evidence = [call_evidence(answer), *(Evidence("library", path) for path in paths[:3])]
    return warning(
        "image_contains_driver_libs",
        Link.KERNEL_DRIVER,
        *evidence,
        confidence=Confidence.POSSIBLE,
    )


def _nodes_look_open(case: Case) -> bool:
    nodes = case.gpu_nodes
    return bool(nodes) and all(node.readable and node.writable for node in nodes)


RULES: tuple[Rule, ...] = (
    started_without_gpus,
    device_access_revoked,
    without_compute,
    image_contains_libraries,
)
