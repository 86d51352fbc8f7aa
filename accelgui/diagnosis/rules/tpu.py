"""Rules of the TPU chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, info, warning
from accelgui.diagnosis.rules.device_nodes import node_evidence
from accelgui.diagnosis.rules.log_lines import first_match
from accelgui.diagnosis.rules.tpu_environment import node_architecture
from accelgui.diagnosis.seen import python_packages
from accelgui.model.chain import Accelerator, Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_BUSY = r"(?i)TPU is already in use by process with pid (?P<pid>\d+)|libtpu\.so is already in use"
_NO_TPU_OPS = r"No OpKernel was registered.*ConfigureDistributedTPU"


def nodes_missing(case: Case) -> Finding | None:
    """Chips are on the bus, but nothing in /dev leads to them."""
    chips = case.tpu.chips
    if not chips or any(chip.node for chip in chips):
        return None
    evidence = [
        Evidence(f"/sys/bus/pci/devices/{chip.address}", f"TPU {chip.generation}") for chip in chips
    ]
    nodes = "/dev/accel*, /dev/vfio/*"
    return error("device_nodes_missing", Link.DEVICE_NODES, *evidence, nodes=nodes, kind="tpu")


def permission_denied(case: Case) -> Finding | None:
    """The nodes of chips are there, but this user may not use them."""
    denied = [node for node in case.tpu_nodes if not (node.readable and node.writable)]
    if not denied:
        return None
    return error(
        "device_permission_denied",
        Link.DEVICE_NODES,
        *(node_evidence(node) for node in denied),
        # Below a sysroot it is not known for whom.
        confidence=Confidence.CERTAIN if case.is_live else Confidence.LIKELY,
        nodes=", ".join(node.path for node in denied),
        group=denied[0].group if denied[0].group not in {None, "root"} else "",
        kind="tpu",
    )


def library_missing(case: Case) -> Finding | None:
    """A TPU is here, libtpu is not."""
    if case.accelerator is not Accelerator.TPU or case.tpu.libtpu_path or case.proof:
        return None
    if case.libraries("libtpu") or node_architecture(case):
        return None
    # With another distribution of TensorFlow comes libtpu, too.
    if without_support(case) and not python_packages(case, r"jax|torch-xla"):
        return None
    if held(case) is not None or stale_lock(case) is not None:
        return None
    evidence = Evidence("libtpu.so", "not found")
    # The examined Python may have one that accelgui's own does not see.
    confidence = Confidence.LIKELY if case.framework else Confidence.CERTAIN
    return error("libtpu_library_missing", Link.LIBTPU, evidence, confidence=confidence)


def held(case: Case) -> Finding | None:
    """Another process has a chip open."""
    if case.proof is not None:
        return None
    for chip in case.tpu.chips:
        if chip.holder_pid is not None:
            name = chip.holder_name or ""
            text = f"open in process {chip.holder_pid} {name}".strip()
            evidence = Evidence(chip.node or chip.address, text)
            return _held(evidence, str(chip.holder_pid), name)
    match = first_match(case, _BUSY)
    return _held(match.evidence, match.groups.get("pid", ""), "") if match else None


def without_support(case: Case) -> Finding | None:
    """Plain TensorFlow on a TPU machine."""
    framework = case.framework
    if framework is None or framework.name != "tensorflow" or not framework.installed:
        return None
    if not framework.imported and case.is_live:
        return None
    if case.accelerator is not Accelerator.TPU or case.operations_on("tpu"):
        return None
    match = first_match(case, _NO_TPU_OPS)
    # Images of TPU VMs have a TensorFlow for TPUs by the plain name, and libtpu in the system.
    if node_architecture(case) is not None or (not case.is_live and case.tpu.libtpu_path):
        return None
    if (framework.distribution or "").replace("_", "-") == "tensorflow-tpu" and match is None:
        return None
    evidence = [match.evidence] if match else []
    name = f"{framework.distribution or framework.name} {framework.version or ''}".strip()
    evidence.append(Evidence("distribution", name))
    return error("tensorflow_without_tpu_support", Link.FRAMEWORK_BUILD, *evidence)


def stale_lock(case: Case) -> Finding | None:
    """The library says that a lock file keeps it out, though nobody is seen to hold a chip."""
    path = case.tpu.lockfile_path
    match = first_match(case, r"libtpu_lockfile")
    if path is None or match is None or case.proof is not None or held(case) is not None:
        return None
    evidence = (match.evidence, Evidence(path, "exists"))
    return error(
        "tpu_lockfile_stale", Link.NOT_HELD, *evidence, confidence=Confidence.LIKELY, path=path
    )


def lock_in_tree(case: Case) -> Finding | None:
    """In a tree of files nobody can try whether the lock keeps anybody out."""
    path = case.tpu.lockfile_path
    if case.is_live or path is None or not case.tpu.chips or held(case) is not None:
        return None
    return warning(
        "tpu_lockfile_stale",
        Link.NOT_HELD,
        Evidence(path, "exists"),
        confidence=Confidence.POSSIBLE,
        path=path,
    )


def metrics_need_workload(case: Case) -> Finding | None:
    """Said once, so that empty values surprise nobody."""
    if not case.tpu.chips:
        return None
    text = f"{len(case.tpu.chips)} × TPU {case.tpu.chips[0].generation}"
    evidence = Evidence("/sys/bus/pci/devices", text)
    return info("tpu_metrics_need_running_workload", Link.DEVICE, evidence)


def _held(evidence: Evidence, pid: str, name: str) -> Finding:
    return error(
        "tpu_held_by_other_process",
        Link.NOT_HELD,
        evidence,
        confidence=Confidence.CERTAIN if pid else Confidence.LIKELY,
        pid=pid,
        process=name,
    )


RULES: tuple[Rule, ...] = (
    nodes_missing,
    permission_denied,
    library_missing,
    held,
    stale_lock,
    lock_in_tree,
    without_support,
    metrics_need_workload,
)
