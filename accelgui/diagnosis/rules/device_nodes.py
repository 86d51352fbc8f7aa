"""Rules of the files in /dev: are they there, and may this user use them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, warning
from accelgui.diagnosis.rules.containers import device_access_revoked, started_without_gpus
from accelgui.diagnosis.rules.driver_fit import misfit
from accelgui.diagnosis.rules.kernel_driver import other_driver
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import DeviceNode

NVML_ERROR_NO_PERMISSION = 4
_CUDA_SUCCESS = 0


def missing(case: Case) -> Finding | None:
    """The module is loaded, but the nodes that it should have are not there."""
    if not _module_runs(case) or started_without_gpus(case) is not None:
        return None
    if not case.saw("/dev") or misfit(case) is not None:
        return None
    names = [] if case.gpu_nodes else ["/dev/nvidia0"]
    if case.node("/dev/nvidiactl") is None:
        names.append("/dev/nvidiactl")
    if not names:
        return None
    return error(
        "device_nodes_missing",
        Link.DEVICE_NODES,
        *(Evidence(name, "no such file") for name in names),
        nodes=", ".join(names),
        kind="nvidia",
    )


def uvm_node_missing(case: Case) -> Finding | None:
    """nvidia_uvm is loaded, and its node is not there: nobody in a container can make it.

    On the system itself the driver's own program makes it when it is first asked for.
    """
    if not _module_runs(case) or case.nvidia.uvm_loaded is not True or case.proof is not None:
        return None
    if missing(case) or misfit(case) or not case.gpu_nodes or not case.saw("/dev"):
        return None
    if case.node("/dev/nvidia-uvm") is not None or case.cuda_code == _CUDA_SUCCESS:
        return None
    is_lasting = case.is_container or case.cuda_code is not None
    tell = error if is_lasting else warning
    return tell(
        "device_nodes_missing",
        Link.DEVICE_NODES,
        Evidence("/dev/nvidia-uvm", "no such file"),
        confidence=Confidence.LIKELY if is_lasting else Confidence.POSSIBLE,
        nodes="/dev/nvidia-uvm",
        kind="nvidia",
    )


def permission_denied(case: Case) -> Finding | None:
    """The nodes are there, but this user may not read and write them."""
    denied = [node for node in case.nvidia.nodes if not (node.readable and node.writable)]
    denied = [node for node in denied if _is_needed(node)]
    if denied and device_access_revoked(case) is not None:
        return None
    if denied:
        return error(
            "device_permission_denied",
            Link.DEVICE_NODES,
            *(node_evidence(node) for node in denied),
            # Below a sysroot it is not known for whom.
            confidence=Confidence.CERTAIN if case.is_live else Confidence.LIKELY,
            nodes=", ".join(node.path for node in denied),
            group=_group_that_may(denied),
            kind="nvidia",
        )
    answer = case.nvml_answer(NVML_ERROR_NO_PERMISSION)
    if answer is None or answer is not case.nvidia.nvml or case.is_container:
        return None
    return error(
        "device_permission_denied",
        Link.DEVICE_NODES,
        call_evidence(answer),
        confidence=Confidence.LIKELY,
        nodes="/dev/nvidia*",
        kind="nvidia",
    )


def uvm_not_loaded(case: Case) -> Finding | None:
    """CUDA needs nvidia_uvm. It is usually loaded by the first program that asks for it."""
    if case.nvidia.uvm_loaded is not False or not _module_runs(case) or case.proof:
        return None
    # nvidia_uvm is loaded for a GPU that the driver has, which it has not here.
    if misfit(case) or other_driver(case):
        return None
    evidence = [Evidence("/proc/modules", "nvidia_uvm is not listed")]
    answer = case.nvidia.cuda
    if answer is None or answer.code is None:
        has_node = case.node("/dev/nvidia-uvm") is not None
        return warning(
            "uvm_module_not_loaded",
            Link.DEVICE_NODES,
            *evidence,
            confidence=Confidence.POSSIBLE if has_node or case.is_live else Confidence.LIKELY,
        )
    if answer.code == _CUDA_SUCCESS:
        return None
    evidence.append(call_evidence(answer))
    return error(
        "uvm_module_not_loaded", Link.DEVICE_NODES, *evidence, confidence=Confidence.LIKELY
    )


def node_evidence(node: DeviceNode) -> Evidence:
    """Return mode and owner of a node, as ls shows them."""
    owner = ":".join(part for part in (node.owner, node.group) if part)
    text = " ".join(part for part in (node.mode, owner) if part)
    return Evidence(node.path, text or "not readable and writable by this user")


def _module_runs(case: Case) -> bool:
    return bool(case.nvidia_gpus) and case.nvidia.module_loaded is True and not case.host.wsl


def _is_needed(node: DeviceNode) -> bool:
    # nvidia-modeset, nvidia-caps and uvm-tools serve displays, MIG administration and profilers.
    name = node.path.rsplit("/", maxsplit=1)[-1]
    return name in {"nvidiactl", "nvidia-uvm", "dxg"} or name.removeprefix("nvidia").isdecimal()


def _group_that_may(nodes: list[DeviceNode]) -> str:
    group = nodes[0].group or ""
    return "" if group == "root" else group


RULES: tuple[Rule, ...] = (missing, uvm_node_missing, permission_denied, uvm_not_loaded)
