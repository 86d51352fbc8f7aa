"""Rules of TPUs that are hinted at: by a hosted runtime, or by variables that contradict it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import error, warning
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_HOSTED = ("COLAB_GPU", "COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE")
# Set for the retired TPU Nodes, which were reached over the network.
_NODE_HINTS = ("COLAB_TPU_ADDR", "XRT_TPU_CONFIG", "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS")
_CHIP_LISTS = ("TPU_VISIBLE_CHIPS", "TPU_VISIBLE_DEVICES")
_BOUNDS = ("TPU_CHIPS_PER_PROCESS_BOUNDS", "TPU_CHIPS_PER_HOST_BOUNDS")


def runtime_not_selected(case: Case) -> Finding | None:
    """A notebook service without a TPU, in which somebody asks for one."""
    wishes = [name for name in ("JAX_PLATFORMS", "PJRT_DEVICE") if _wants_tpu(case, name)]
    hosted = next((name for name in _HOSTED if name in case.environment), None)
    if not wishes or hosted is None or case.has_tpu:
        return None
    return warning(
        "tpu_runtime_not_selected",
        Link.DEVICE,
        Evidence(wishes[0], case.environment[wishes[0]]),
        Evidence("/sys/bus/pci/devices", "no TPU"),
        confidence=Confidence.LIKELY,
    )


def node_architecture(case: Case) -> Finding | None:
    """A TPU behind a network address: the retired TPU Node, which current software cannot use."""
    hint = next((name for name in _NODE_HINTS if case.tpu.hints.get(name)), None)
    name = case.tpu.hints.get("TPU_NAME", "")
    if hint is None and name.startswith("grpc://"):
        hint = "TPU_NAME"
    if hint is None or case.tpu.chips or case.proof is not None:
        return None
    return error(
        "tpu_node_architecture_unsupported",
        Link.DEVICE,
        Evidence(hint, case.tpu.hints[hint]),
        Evidence("/sys/bus/pci/devices", "no TPU chip on this machine"),
        confidence=Confidence.LIKELY,
    )


def variable_wrong(case: Case) -> Finding | None:
    """A preset variable names chips that are not here."""
    count = len(case.tpu.chips)
    if not count or case.proof is not None:
        return None
    for name, value in case.tpu.hints.items():
        wrong = (name in _CHIP_LISTS and _names_absent_chip(value, count)) or (
            name in _BOUNDS and _product(value) > count
        )
        if wrong:
            return error(
                "tpu_env_var_wrong",
                Link.FRAMEWORK_LISTS,
                Evidence(name, value),
                Evidence("/sys/bus/pci/devices", f"{count} TPU chips"),
                confidence=Confidence.LIKELY,
                variable=name,
                value=value,
            )
    return None


def _wants_tpu(case: Case, name: str) -> bool:
    value = case.environment.get(name) or case.tpu.hints.get(name) or ""
    return name in case.environment and "tpu" in value.lower()


def _names_absent_chip(value: str, count: int) -> bool:
    numbers = [part.strip() for part in value.split(",")]
    return any(n.isascii() and n.isdecimal() and int(n[:9]) >= count for n in numbers)


def _product(bounds: str) -> int:
    parts = [part.strip() for part in bounds.split(",")]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return 0
    return math.prod(int(part[:6]) for part in parts)


RULES: tuple[Rule, ...] = (runtime_not_selected, node_architecture, variable_wrong)
