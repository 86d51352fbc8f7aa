"""Words for lines that frighten people and mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings.text import FindingText
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _numa_node_unknown(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: the NUMA node of the GPU is not known"),
        _("The system does not say next to which processor the GPU sits; node 0 is assumed."),
    )


def _tensorrt_not_installed(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: TensorRT is not installed"),
        _("It is an optional library that speeds up some inference. Training does not use it."),
    )


def _duplicate_plugin_registration(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: CUDA plug-ins were registered twice"),
        _("TensorFlow says so at every start of some versions. Nothing is wrong."),
    )


def _ptxas_driver_fallback(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Harmless: the driver compiles for the GPU"),
        _("The tool ptxas was not found; the driver does its work, somewhat slower at first."),
    )


TEXTS: dict[str, Author] = {
    "numa_node_unknown": _numa_node_unknown,
    "tensorrt_not_installed": _tensorrt_not_installed,
    "duplicate_plugin_registration": _duplicate_plugin_registration,
    "ptxas_driver_fallback": _ptxas_driver_fallback,
}
