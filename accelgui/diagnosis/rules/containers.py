"""Rules of containers: the driver is the host's, and the devices are lent by the runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, warning
from accelgui.diagnosis.seen import configured
from accelgui.diagnosis.versions import differ, numbers
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import DeviceNode

NVML_ERROR_NO_PERMISSION = 4
NVML_ERROR_OPERATING_SYSTEM = 17
NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18


# That any node may be made ("c *:* m") lets nobody use one.
_LENT = r"^(?:a|c (?:195|\*):\S+ \w*[rw])"
_NO_DEVICES = {"", "none", "void"}


def runtime_not_used(case: Case) -> Finding | None:
    """A pod was lent GPUs, or asks for all, and the runtime that started it passed none on."""
    visible = case.environment.get("NVIDIA_VISIBLE_DEVICES", "")
    if case.host.container != "kubernetes" or visible in _NO_DEVICES or not _has_no_gpu(case):
        return None
    return error(
        "nvidia_runtime_not_default",
        Link.DEVICE_NODES,
        Evidence("NVIDIA_VISIBLE_DEVICES", visible),
        Evidence("/dev", "no nvidia0"),
        confidence=Confidence.LIKELY,
    )


def started_without_gpus(case: Case) -> Finding | None:
    """The host has a GPU with its driver, but not one node of it is in here."""
    if not _has_no_gpu(case):
        return None
    evidence = [Evidence("/dev", "no nvidia0")]
    if (visible := case.environment.get("NVIDIA_VISIBLE_DEVICES")) is not None:
        evidence.append(Evidence("NVIDIA_VISIBLE_DEVICES", visible))
    is_sure = runtime_not_used(case) is None
    return error(
        "container_started_without_gpus",
        Link.DEVICE_NODES,
        *evidence,
        confidence=Confidence.CERTAIN if is_sure else Confidence.POSSIBLE,
    )


def _has_no_gpu(case: Case) -> bool:
    if not case.is_container or case.host.wsl or case.gpu_nodes:
        return False
    if case.nvidia.module_loaded is not True or not case.saw("/dev"):
        return False
    return bool(case.nvidia_gpus or case.nvidia.gpus or case.nvidia.module_version)


def device_access_revoked(case: Case) -> Finding | None:
    """The nodes are here and look open, but the kernel refuses: the cgroup lost its rule."""
    if (refused := _refused_by_cgroup(case)) and case.proof is None:
        return error(
            "container_cgroup_device_access_revoked",
            Link.DEVICE_NODES,
            *refused,
            confidence=Confidence.LIKELY if case.is_container else Confidence.POSSIBLE,
        )
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
    if not case.is_live:
        has_nvml = bool(case.libraries("libnvidia-ml.so") or wanted) and case.saw("/usr/lib")
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
        confidence=Confidence.CERTAIN if wanted and case.is_live else Confidence.LIKELY,
    )


def image_contains_libraries(case: Case) -> Finding | None:
    """In a container, libraries of another version than the module may be the image's own."""
    if (others := _of_another_version(case)) and case.proof is None:
        loaded = case.nvidia.module_version or ""
        return error(
            "image_contains_driver_libs",
            Link.LIBCUDA,
            *others,
            Evidence("/proc/driver/nvidia/version", loaded),
            confidence=Confidence.LIKELY,
            loaded=loaded,
        )
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


def _of_another_version(case: Case) -> list[Evidence]:
    """Return driver libraries in a container that do not belong to the module of the host.

    Those for compatibility are made to differ, and told elsewhere; one without its full version
    in its name tells nothing.
    """
    loaded = case.nvidia.module_version
    if not case.is_container or not loaded:
        return []
    return [
        Evidence("library", f"{library.path} {library.version}")
        for name in ("libcuda.so", "libnvidia-ml.so")
        for library in case.libraries(name)
        if len(numbers(library.version)) >= 2
        and differ(library.version, loaded)
        and "compat" not in library.path
    ]


def _refused_by_cgroup(case: Case) -> list[Evidence]:
    """Return nodes that their mode opens to everybody and that the kernel refuses all the same."""
    refused = [
        Evidence(node.path, f"{node.mode}, and refused")
        for node in (*case.gpu_nodes, *filter(None, [case.node("/dev/nvidiactl")]))
        if not (node.readable and node.writable) and is_open_to_all(node)
    ]
    listed = configured(case, "cgroup/devices/devices.list", ".")
    allowed = configured(case, "cgroup/devices/devices.list", _LENT)
    if not refused and listed and not allowed and case.gpu_nodes:
        refused = [Evidence(listed.source, "no rule for devices c 195:*")]
    return refused


def is_open_to_all(node: DeviceNode) -> bool:
    """Say whether a node's mode lets every user read and write it."""
    mode = node.mode or ""
    return len(mode) == 4 and mode.isdecimal() and mode[-1] in "67"


def _nodes_look_open(case: Case) -> bool:
    nodes = case.gpu_nodes
    return bool(nodes) and all(node.readable and node.writable for node in nodes)


RULES: tuple[Rule, ...] = (
    runtime_not_used,
    started_without_gpus,
    device_access_revoked,
    without_compute,
    image_contains_libraries,
)
