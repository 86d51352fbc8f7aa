"""How each link of a chain stands by its own evidence, and so the chain as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.operations import is_proof, ran_elsewhere
from accelgui.model.chain import CHAINS, Accelerator, Link, LinkState, LinkStatus
from accelgui.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accelgui.diagnosis.case import Case
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import CallResult

_DRIVER = (Link.DEVICE, Link.KERNEL_DRIVER, Link.DEVICE_NODES)
_ALL_BUT_NVML = (
    *_DRIVER,
    Link.LIBCUDA,
    Link.CUDA_LIBRARIES,
    Link.LIBTPU,
    Link.NOT_HELD,
    Link.FRAMEWORK_BUILD,
)

# A link that holds shows that earlier ones do, even where they cannot be seen: WSL2 has no NVIDIA
# device on its bus, and a container may not see modules. NVML is no condition of CUDA.
_SHOWS: dict[Link, tuple[Link, ...]] = {
    Link.NVML: _DRIVER,
    Link.LIBCUDA: _DRIVER,
    Link.FRAMEWORK_LISTS: _ALL_BUT_NVML,
    Link.OPERATION_RUNS: (*_ALL_BUT_NVML, Link.FRAMEWORK_LISTS),
}


# Nothing depends on them: a chain goes on behind.
ASIDE = {Link.NVML}


def judge_chain(case: Case, findings: Sequence[Finding]) -> tuple[LinkState, ...]:
    """Return the links in order.

    After the first broken link that others depend on, a link is not reached, unless an operation
    on the accelerator came back right all the same.
    """
    links = CHAINS[case.accelerator]
    own = _own_evidence(case, links)
    broken = {f.link for f in findings if f.severity is Severity.ERROR}
    broken |= {link for link, holds in own.items() if holds is False}
    states = []
    is_broken = False
    for link in links:
        status = _status(own[link], link in broken, is_broken, proven=case.proof is not None)
        is_broken = is_broken or (status is LinkStatus.BROKEN and link not in ASIDE)
        states.append(LinkState(link, status, _detail(case, link)))
    return tuple(states)


def _status(
    holds: bool | None, is_broken_link: bool, after_break: bool, *, proven: bool
) -> LinkStatus:
    if is_broken_link and not (after_break and not proven):
        return LinkStatus.BROKEN
    if after_break and not proven:
        return LinkStatus.NOT_REACHED
    return LinkStatus.PASSED if holds else LinkStatus.UNKNOWN


def _own_evidence(case: Case, links: Sequence[Link]) -> dict[Link, bool | None]:
    tests = _TPU_TESTS if case.accelerator is Accelerator.TPU else _NVIDIA_TESTS
    own = {link: tests[link](case) for link in links}
    shown = {earlier for later, holds in own.items() if holds for earlier in _SHOWS.get(later, ())}
    return {link: True if link in shown else holds for link, holds in own.items()}


def _device(case: Case) -> bool | None:
    return case.has_accelerator if case.machine or case.tried else None


def _kernel_driver(case: Case) -> bool | None:
    # Under WSL2 the driver is Windows' own, and Jetson's has another name (nvgpu).
    return None if case.host.wsl or case.is_jetson else case.nvidia.module_loaded


def _nodes(case: Case) -> bool | None:
    nodes = [*case.gpu_nodes, case.node("/dev/nvidiactl"), case.node("/dev/dxg")]
    found = [node for node in nodes if node]
    if not found:
        return None
    return all(node.readable and node.writable for node in found)


def _answered(answer: CallResult | None) -> bool | None:
    if answer is None:
        return None
    if answer.code is None:
        # A call that was not made, to let a GPU sleep, says nothing; a lost one is an answer.
        return False if answer.timed_out or answer.name == "crashed" else None
    return answer.code == 0


def _nvml(case: Case) -> bool | None:
    answered = _answered(case.nvidia.nvml)
    return None if answered and not case.nvidia.nvml_device_count else answered


def _libcuda(case: Case) -> bool | None:
    answered = _answered(case.nvidia.cuda)
    return False if answered and case.nvidia.cuda_device_count == 0 else answered


def _cuda_libraries(case: Case) -> bool | None:
    # They have no answer of their own: a framework that lists a GPU has loaded them.
    return _lists(case) or None


def _build(case: Case) -> bool | None:
    framework = case.framework
    if framework is None:
        return None
    if framework.installed is False or framework.imported is False:
        return False
    is_cuda = framework.build.get("is_cuda_build", "").lower()
    if case.accelerator is Accelerator.NVIDIA and is_cuda in {"true", "false"}:
        return is_cuda == "true"
    return None


def _lists(case: Case) -> bool | None:
    framework = case.framework
    if framework is None or not framework.imported or not framework.devices:
        return None
    return case.framework_lists_accelerator


def _runs(case: Case) -> bool | None:
    tried = case.tried
    if not tried:
        return None
    return any(operation.ran and not ran_elsewhere(operation) for operation in tried)


def _right(case: Case) -> bool | None:
    judged = [operation for operation in case.tried if operation.right is not None]
    if not judged:
        return None
    return any(is_proof(operation) for operation in judged)


def _unmeasured(_case: Case) -> bool | None:
    return None


def _tpu_nodes(case: Case) -> bool | None:
    nodes = case.tpu_nodes
    return all(node.readable and node.writable for node in nodes) if nodes else None


def _libtpu(case: Case) -> bool | None:
    return True if case.tpu.libtpu_path else None


def _not_held(case: Case) -> bool | None:
    if not case.tpu.chips:
        return None
    return all(chip.holder_pid is None for chip in case.tpu.chips)


_FRAMEWORK_TESTS: dict[Link, Callable[[Case], bool | None]] = {
    Link.FRAMEWORK_BUILD: _build,
    Link.FRAMEWORK_LISTS: _lists,
    Link.OPERATION_RUNS: _runs,
    Link.RESULT_RIGHT: _right,
    Link.SPEED: _unmeasured,
}

_NVIDIA_TESTS: dict[Link, Callable[[Case], bool | None]] = {
    Link.DEVICE: _device,
    Link.KERNEL_DRIVER: _kernel_driver,
    Link.DEVICE_NODES: _nodes,
    Link.NVML: _nvml,
    Link.LIBCUDA: _libcuda,
    Link.CUDA_LIBRARIES: _cuda_libraries,
    **_FRAMEWORK_TESTS,
}

_TPU_TESTS: dict[Link, Callable[[Case], bool | None]] = {
    Link.DEVICE: _device,
    Link.DEVICE_NODES: _tpu_nodes,
    Link.LIBTPU: _libtpu,
    Link.NOT_HELD: _not_held,
    **_FRAMEWORK_TESTS,
}


def _detail(case: Case, link: Link) -> str | None:
    nvidia, framework = case.nvidia, case.framework
    listed = framework.devices if framework else ()
    names = [device.name for device in listed if not device.key.startswith("cpu")]
    details = {
        Link.KERNEL_DRIVER: nvidia.module_version,
        Link.NVML: nvidia.nvml_driver_version,
        Link.LIBCUDA: nvidia.cuda_version,
        Link.LIBTPU: case.tpu.libtpu_version,
        Link.FRAMEWORK_BUILD: framework.version if framework else None,
        Link.FRAMEWORK_LISTS: ", ".join(names) or None,
    }
    return details.get(link)
