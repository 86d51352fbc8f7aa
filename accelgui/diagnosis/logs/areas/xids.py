"""The NVIDIA driver's numbered messages: what each says of the GPU, or of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY

_XIDS = {
    "79": "gpu_fell_off_bus",
    "119": "gsp_firmware_failure",
    "120": "gsp_firmware_failure",
    "48": "gpu_hardware_fault_ecc",
    "95": "gpu_hardware_fault_ecc",
    "64": "gpu_hardware_fault_ecc",
    "140": "gpu_hardware_fault_ecc",
    "63": "gpu_reset_needed_row_remap",
    "171": "gpu_hardware_fault_ecc",
    "172": "gpu_hardware_fault_ecc",
}
# What mostly, but not always, has that cause.
_MOSTLY = {
    "61": "gsp_firmware_failure",
    "62": "gsp_firmware_failure",
    "57": "gpu_hardware_fault_ecc",
    "58": "gpu_hardware_fault_ecc",
    "92": "gpu_hardware_fault_ecc",
    "94": "gpu_hardware_fault_ecc",
    "156": "gpu_reset_needed_row_remap",
    "157": "gpu_reset_needed_row_remap",
    "160": "gpu_hardware_fault_ecc",
    "161": "gpu_hardware_fault_ecc",
    "167": "gpu_fell_off_bus",
    "168": "gpu_hardware_fault_ecc",
    "169": "gsp_firmware_failure",
    "173": "gpu_hardware_fault_ecc",
    "175": "gpu_hardware_fault_ecc",
}
_MAYBE = {
    "74": "gpu_hardware_fault_ecc",
    "78": "driver_packages_inconsistent",
    "109": "operation_fails_on_device",
    "110": "gpu_hardware_fault_ecc",
    "121": "gpu_hardware_fault_ecc",
    "122": "gsp_firmware_failure",
    "123": "gsp_firmware_failure",
    "136": "gpu_hardware_fault_ecc",
    "143": "gsp_firmware_failure",
    "145": "gpu_hardware_fault_ecc",
    "149": "gpu_hardware_fault_ecc",
    "154": "gpu_reset_needed_row_remap",
    "155": "gpu_hardware_fault_ecc",
    "158": "gsp_firmware_failure",
    "176": "pcie_link_degraded",
}
# 13, 31, 43, 45, 69 and their like are faults of the program; they speak for no cause of the GPU.

SIGNS = (sign("xid", "xid", r"\bXid(?: \([^)\n]{0,40}\))?(?:: ?|=| )(?P<number>\d{1,3})\b"),)


def xid(clues: Clues) -> Iterator[Candidate]:
    """The driver's own numbered messages name the trouble."""
    for clue in clues.all("xid"):
        code = _XIDS.get(clue["number"])
        mostly, maybe = _MOSTLY.get(clue["number"]), _MAYBE.get(clue["number"])
        if code is not None:
            yield certain(code, [clue], xid=clue["number"])
        elif mostly is not None:
            yield likely(mostly, [clue], xid=clue["number"])
        elif maybe is not None:
            yield possible(maybe, [clue], xid=clue["number"])


RULES: tuple[Rule, ...] = (xid,)
