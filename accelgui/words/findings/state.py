"""Words of findings about the state of a GPU, its driver's support, and its speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.findings import memory, place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _gsp_firmware_failure(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU's own firmware stopped answering"),
        _("The processor on the card that runs part of the driver (GSP) did not answer in time."),
        (
            Remedy(_("Look for “Xid 119” or “Xid 120” in the kernel's log."),
                   "sudo dmesg | grep -iE 'xid|gsp'"),
            place.reboot(),
            Remedy(_("If it comes back, update the driver; then suspect the card.")),
        ),
    )  # fmt: skip


def _gpu_dropped_by_driver_branch(parameters: Parameters) -> FindingText:
    branch = parameters.get("branch") or parameters.get("branch2")
    text = _("Install the last driver that serves it, and keep it from being updated.")
    if branch:
        text = _("Install driver {branch}, the last that serves it, and keep it from being"
                 " updated.").format(branch=branch)  # fmt: skip
    return FindingText(
        _("This driver no longer supports this GPU"),
        _("NVIDIA ends support of old GPUs with some driver; this one is newer."),
        (Remedy(text),),
    )


def _driver_too_old_for_gpu(parameters: Parameters) -> FindingText:
    cause = _("The GPU is newer than the driver, which does not know it.")
    if branch := parameters.get("branch"):
        cause = _("The GPU is newer than the driver, which does not know it: it takes driver"
                  " {branch} or later.").format(branch=branch)  # fmt: skip
    return FindingText(
        _("The driver is too old for this GPU"), cause, place.install_driver(parameters)
    )


def _driver_near_its_limit(parameters: Parameters) -> FindingText:
    generation = parameters.get("generation")
    if generation:
        cause = _(
            "Driver {branch} is the last that serves GPUs of the {generation} generation, and"
            " CUDA {cuda} the newest that it runs. A later driver would leave this GPU unused."
        ).format(branch=parameters.get("branch", ""), generation=generation,
                 cuda=parameters.get("cuda", ""))  # fmt: skip
        return FindingText(
            _("This driver is the last for this GPU"),
            cause,
            (
                Remedy(_("Keep the driver's branch when the system is updated.")),
                Remedy(_("Choose frameworks built for a CUDA that it serves.")),
            ),
        )
    served, needed = parameters.get("served", ""), parameters.get("needed", "")
    cause = _(
        "The driver serves CUDA {served}, this build of {framework} is for CUDA {needed}. Most of"
        " it runs, but what needs the newer CUDA may fail, often only later."
    ).format(served=served, needed=needed, framework=place.name_of(parameters))
    return FindingText(
        _("The driver is only just new enough"), cause, place.install_driver(parameters)
    )


def _open_kernel_module_unsupported_gpu(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The kernel module is of the wrong kind for this GPU"),
        _("NVIDIA's driver has an open and a closed kernel module. GPUs before Turing work only"
          " with the closed one, Grace Hopper and those from Blackwell on only with the open one."),
        (
            Remedy(_("See which one is loaded: “Dual MIT/GPL” is the open one."),
                   "modinfo nvidia | grep license"),
            Remedy(_("Install the driver package of the other kind, with or without “-open” in its"
                     " name, and restart.")),
        ),
    )  # fmt: skip


def _thermal_throttling(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU is slowed down: too hot"),
        _("Its clocks are held down to keep it from overheating."),
        (Remedy(_("Watch its temperature."), "nvidia-smi -q -d TEMPERATURE,PERFORMANCE"),
         Remedy(_("Look after fans, dust and the air around it."))),
    )  # fmt: skip


def _power_throttling(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU is held to its power limit"),
        _(
            "Its clocks are held down to keep it within the power it may draw. Under full load that"
            " is usual; otherwise the limit may be set low."
        ),
        (Remedy(_("Look at the limit."), "nvidia-smi -q -d POWER"),),
    )


def _hardware_slowdown(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU's hardware slows it down"),
        _("The card itself holds its clocks down, for heat or for lack of power."),
        (
            Remedy(_("See why."), "nvidia-smi -q -d PERFORMANCE,POWER,TEMPERATURE"),
            Remedy(_("Check its power cables and the power supply.")),
        ),
    )


def _pcie_link_degraded(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU's bus link is narrower than it could be"),
        _("The PCIe link runs with fewer lanes or slower than card and slot allow. An idle card"
          " slows its link to save power; under load it should not."),
        (
            Remedy(_("Look at it while the GPU works."),
                   "nvidia-smi --query-gpu=pcie.link.gen.current,pcie.link.gen.max,"
                   "pcie.link.width.current,pcie.link.width.max --format=csv"),
            Remedy(_("Seat the card anew, in the slot next to the processor.")),
        ),
    )  # fmt: skip


def _gpu_memory_preallocation(parameters: Parameters) -> FindingText:
    told = memory.situation(parameters)
    if variable := parameters.get("variable"):
        told = joining.sentences((
            told,
            _("The variable {variable} asks for that.").format(variable=variable),
        ))
    return FindingText(
        _("The framework has taken all memory for itself"),
        joining.sentences((
            _("TensorFlow and JAX take most of the GPU's memory at their start. What is left is too"
              " little for cuDNN or cuBLAS, or for a second process; it often shows as an error of"
              " those."),
            told,
        )),
        (
            Remedy(_("See whether another process is on the GPU, and end it."), "nvidia-smi"),
            Remedy(_("TensorFlow: let memory grow as needed."),
                   "export TF_FORCE_GPU_ALLOW_GROWTH=true"),
            Remedy(_("JAX: do not take memory beforehand."),
                   "export XLA_PYTHON_CLIENT_PREALLOCATE=false"),
        ),
    )  # fmt: skip


TEXTS: dict[str, Author] = {
    "gsp_firmware_failure": _gsp_firmware_failure,
    "gpu_dropped_by_driver_branch": _gpu_dropped_by_driver_branch,
    "driver_too_old_for_gpu": _driver_too_old_for_gpu,
    "driver_near_its_limit": _driver_near_its_limit,
    "open_kernel_module_unsupported_gpu": _open_kernel_module_unsupported_gpu,
    "thermal_throttling": _thermal_throttling,
    "power_throttling": _power_throttling,
    "hardware_slowdown": _hardware_slowdown,
    "pcie_link_degraded": _pcie_link_degraded,
    "gpu_memory_preallocation": _gpu_memory_preallocation,
}
