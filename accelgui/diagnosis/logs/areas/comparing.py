"""Two things in a log that do not fit: build and driver, build and GPU, user and device file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import likely
from accelgui.diagnosis.logs.signs import sign
from accelgui.diagnosis.logs.versions import DRIVER_VERSION, driver_serves, major
from accelgui.diagnosis.versions import cuda_of_driver, runs_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue

# A program that got no GPU, for whatever reason.
_TROUBLE = ("false", "no_gpu_list", "gpu_wanted", "torch_no_gpus", "cuda_unknown", "no_device")

SIGNS = (
    sign(
        "driver_named",
        "driver version",
        rf"Nvidia driver version: (?P<driver>{DRIVER_VERSION})",
    ),
    sign(
        "built_with_cuda",
        ("torch.version.cuda", "+cu", "cuda used to build pytorch", "cuda_version"),
        r"torch\.version\.cuda\)? ?['\"]?(?P<cuda>\d{1,2}\.\d)"
        r"|torch\w*(?: version)?[ :=-]{1,12}\d[\w.]*\+cu(?P<tag>\d{2})\d"
        r"|CUDA used to build PyTorch: (?P<cuda2>\d{1,2}\.\d)"
        r"|['\"]cuda_version['\"]: ?['\"](?P<cuda3>\d{1,2}\.\d)",
    ),
    sign(
        "arch_list", "sm_", r"\[(?P<list>'(?:sm|compute)_\d+\w?'(?:, ?'(?:sm|compute)_\d+\w?')+)\]"
    ),
    sign(
        "capability",
        ("get_device_capability", "compute capability"),
        r"get_device_capability\([^)\n]{0,20}\)\)? ?\((?P<major>\d{1,2}), ?(?P<minor>\d)\)",
    ),
    sign("lsmod_nvidia", "nvidia ", r"(?:^|\s)nvidia +\d{6,9} +\d+(?: [\w,]+)?(?:\s|$)"),
    sign(
        "nodes_of_group",
        "/dev/nvidia",
        r"crw-rw----[.+]? +\d+ root (?P<group>[\w-]+) [^\n]{0,40}/dev/nvidia",
    ),
    sign("groups_of_user", "groups=", r"groups=(?P<groups>[^\n$]{3,300}?)(?:\s[>$#]|\s{2}|$)"),
)


def driver_and_build(clues: Clues) -> Iterator[Candidate]:
    """The build is for a later CUDA major version than the driver serves."""
    built = clues.first("built_with_cuda")
    trouble = clues.first(*_TROUBLE)
    if built is None or trouble is None:
        return
    wanted = major(built["cuda"] or built["tag"] or built["cuda2"] or built["cuda3"])
    for clue in clues.all("smi", "driver_named"):
        served = major(clue["cuda"])
        is_served = driver_serves(clue["driver"], wanted) if wanted else None
        if is_served is not False:
            # Before CUDA 11 the minor version had to fit, too.
            built_for = built["cuda"] or built["cuda2"] or built["cuda3"]
            is_served = runs_with(built_for, clue["cuda"] or cuda_of_driver(clue["driver"]))
        if wanted and (is_served is False or (served is not None and served < wanted)):
            yield likely("driver_too_old_for_cuda", [clue, built], driver=clue["driver"])
            return


def build_and_gpu(clues: Clues) -> Iterator[Candidate]:
    """The build's own list of architectures lacks the GPU's."""
    for listed in clues.all("arch_list"):
        for gpu in clues.all("capability"):
            if not _is_served(listed["list"], int(gpu["major"]), int(gpu["minor"])):
                capability = f"{gpu['major']}.{gpu['minor']}"
                yield likely("gpu_arch_not_in_build", [listed, gpu], capability=capability)
                return


def modules_without_uvm(clues: Clues) -> Iterator[Candidate]:
    """The driver's module is listed, and the one that CUDA needs is not."""
    clue = clues.first("lsmod_nvidia")
    if clue and clues.has(*_TROUBLE, "not_initialised") and not clues.has("uvm_named"):
        yield likely("uvm_module_not_loaded", [clue])


def nodes_of_others(clues: Clues) -> Iterator[Candidate]:
    """The device files are for a group that this user is not in."""
    nodes, user = clues.first("nodes_of_group"), clues.first("groups_of_user")
    if nodes and user and not _is_member(user, nodes["group"]):
        yield likely("device_permission_denied", [nodes, user], nodes="/dev/nvidia*")


def _is_served(listed: str, capability_major: int, minor: int) -> bool:
    """Say whether code of the list runs on a GPU: within a major version upwards, PTX always."""
    for kind, digits in re.findall(r"(sm|compute)_(\d+)", listed):
        code_major, code_minor = int(digits[:-1] or 0), int(digits[-1])
        if kind == "compute" and (code_major, code_minor) <= (capability_major, minor):
            return True
        if code_major == capability_major and code_minor <= minor:
            return True
    return False


def _is_member(user: Clue, group: str) -> bool:
    return re.search(rf"\b{re.escape(group)}\b", user["groups"]) is not None


RULES: tuple[Rule, ...] = (driver_and_build, build_and_gpu, modules_without_uvm, nodes_of_others)
