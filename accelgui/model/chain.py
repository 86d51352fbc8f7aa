"""The acceleration chain: what must hold, in order, before work runs fast on an accelerator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional


class Accelerator(str, Enum):
    """Which chain is meant."""

    NVIDIA = "nvidia"
    TPU = "tpu"
    CPU = "cpu"


class Link(str, Enum):
    """One link of a chain. A finding breaks exactly one."""

    DEVICE = "device"
    KERNEL_DRIVER = "kernel_driver"
    DEVICE_NODES = "device_nodes"
    NVML = "nvml"
    LIBCUDA = "libcuda"
    CUDA_LIBRARIES = "cuda_libraries"
    LIBTPU = "libtpu"
    NOT_HELD = "not_held"
    FRAMEWORK_BUILD = "framework_build"
    FRAMEWORK_LISTS = "framework_lists"
    OPERATION_RUNS = "operation_runs"
    RESULT_RIGHT = "result_right"
    SPEED = "speed"


class LinkStatus(str, Enum):
    """How far a link held."""

    PASSED = "passed"
    BROKEN = "broken"
    NOT_REACHED = "not_reached"
    UNKNOWN = "unknown"


_FRAMEWORK = (
    Link.FRAMEWORK_BUILD,
    Link.FRAMEWORK_LISTS,
    Link.OPERATION_RUNS,
    Link.RESULT_RIGHT,
    Link.SPEED,
)

CHAINS: dict[Accelerator, tuple[Link, ...]] = {
    Accelerator.NVIDIA: (
        Link.DEVICE,
        Link.KERNEL_DRIVER,
        Link.DEVICE_NODES,
        Link.NVML,
        Link.LIBCUDA,
        Link.CUDA_LIBRARIES,
        *_FRAMEWORK,
    ),
    Accelerator.TPU: (Link.DEVICE, Link.DEVICE_NODES, Link.LIBTPU, Link.NOT_HELD, *_FRAMEWORK),
    Accelerator.CPU: (
        Link.FRAMEWORK_BUILD,
        Link.FRAMEWORK_LISTS,
        Link.OPERATION_RUNS,
        Link.RESULT_RIGHT,
    ),
}


@dataclass(frozen=True)
class LinkState:
    """How one link of the chain stands; detail is a fact such as a version, not a sentence."""

    link: Link
    status: LinkStatus
    detail: Optional[str] = None
