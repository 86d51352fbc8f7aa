"""Words of findings about the device itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _no_accelerator_present(parameters: Parameters) -> FindingText:
    remedies = [Remedy(_("Everything here works on the CPU too; it just takes longer."))]
    if "container" in parameters:
        remedies.insert(
            0, Remedy(_("If the host has a GPU, the container must be started with it."))
        )
    if "wsl" in parameters:
        remedies.insert(
            0, Remedy(_("If Windows has a GPU, update its driver and WSL."), "wsl --update")
        )
    title = _("No GPU or TPU on this machine")
    if "other_gpu" in parameters:
        title = _("No NVIDIA GPU and no TPU on this machine")
    return FindingText(
        title,
        _("Neither an NVIDIA GPU nor a TPU is on the bus, and no hosted runtime has one attached."),
        tuple(remedies),
    )


def _gpu_fell_off_bus(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU has fallen off the bus"),
        _(
            "The driver had the GPU and lost it. Usual causes are power supply, seating of the"
            " card, overheating, or failing hardware."
        ),
        (
            Remedy(
                _("Look for “Xid” in the kernel's log; its number says more."),
                "sudo dmesg | grep -i xid",
            ),
            Remedy(_("Switch the machine off, check power cables and seating, start again.")),
        ),
    )


def _gpu_reset_needed_row_remap(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU needs a reset"),
        _("Faulty memory rows are to be replaced by spare ones, which happens at the next reset."),
        (
            Remedy(_("End all programs on the GPU, then reset it."), "sudo nvidia-smi --gpu-reset"),
            place.reboot(),
        ),
    )


def _gpu_hardware_fault_ecc(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU's memory reports errors that cannot be corrected"),
        _("Errors of this kind mostly come from failing hardware."),
        (
            Remedy(_("Look at the error counters."), "nvidia-smi -q -d ECC,ROW_REMAPPER"),
            Remedy(_("If they grow, have the card replaced.")),
        ),
    )


def _gpu_asleep(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU is asleep"),
        _("The system has suspended it to save power. It was not woken just to look at it."),
        (Remedy(_("Start any work on it, or press “Check again” while it is in use.")),),
    )


def _amd_gpu_needs_rocm_build(parameters: Parameters) -> FindingText:
    return FindingText(
        _("An AMD GPU is here"),
        _(
            "The usual build of {framework} cannot use it. AMD GPUs need ROCm and a build of the"
            " framework for it."
        ).format(framework=place.name_of(parameters)),
        (Remedy(_("See whether ROCm supports your GPU: rocm.docs.amd.com.")),),
    )


def _intel_gpu_needs_plugin(parameters: Parameters) -> FindingText:
    return FindingText(
        _("An Intel GPU is here"),
        _(
            "{framework} cannot use it by itself. Intel's discrete GPUs need a plug-in or a build"
            " of their own; the graphics inside a processor gain little."
        ).format(framework=place.name_of(parameters)),
        (Remedy(_("PyTorch supports Intel's discrete GPUs as the device “xpu”.")),),
    )


def _apple_gpu_needs_plugin(parameters: Parameters) -> FindingText:
    if parameters.get("framework", "tensorflow") == "tensorflow":
        command = place.pip_install(parameters, "tensorflow-metal")
        remedy = Remedy(_("Install Apple's plug-in for TensorFlow."), command)
    else:
        remedy = Remedy(_("PyTorch supports it as the device “mps”."))
    return FindingText(
        _("An Apple GPU is here"),
        _("It is used through Metal, which needs a plug-in or a build of its own."),
        (remedy,),
    )


def _fabric_manager_not_running(parameters: Parameters) -> FindingText:
    text = _("See whether it runs; its version must be that of the driver.")
    if version := parameters.get("version"):
        text = _("See whether it runs; its version must be {version}, that of the driver.").format(
            version=version
        )
    return FindingText(
        _("The GPUs wait for the fabric manager"),
        _(
            "GPUs joined by NVSwitch compute only after NVIDIA's fabric manager has set them up. It"
            " is missing, stopped, or of another version than the driver."
        ),
        (
            Remedy(text, "systemctl status nvidia-fabricmanager"),
            Remedy(_("Start it."), "sudo systemctl enable --now nvidia-fabricmanager"),
        ),
    )


def _mig_enabled_without_instances(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The GPU is to be divided (MIG), but has no parts"),
        _("In MIG mode, programs see instances only, and none were made."),
        (
            Remedy(_("See which instances are possible."), "nvidia-smi mig -lgip"),
            Remedy(_("Or switch MIG off."), "sudo nvidia-smi -mig 0"),
        ),
    )


def _exclusive_compute_mode(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Another process has the GPU for itself"),
        _("The GPU is in exclusive mode: one process at a time. Or it is closed to computing."),
        (
            Remedy(_("See who uses it, and its mode."), "nvidia-smi -q -d COMPUTE,PIDS"),
            Remedy(_("Open it to several processes."), "sudo nvidia-smi -c DEFAULT"),
        ),
    )


TEXTS: dict[str, Author] = {
    "no_accelerator_present": _no_accelerator_present,
    "gpu_fell_off_bus": _gpu_fell_off_bus,
    "gpu_reset_needed_row_remap": _gpu_reset_needed_row_remap,
    "gpu_hardware_fault_ecc": _gpu_hardware_fault_ecc,
    "gpu_asleep": _gpu_asleep,
    "amd_gpu_needs_rocm_build": _amd_gpu_needs_rocm_build,
    "intel_gpu_needs_plugin": _intel_gpu_needs_plugin,
    "apple_gpu_needs_plugin": _apple_gpu_needs_plugin,
    "fabric_manager_not_running": _fabric_manager_not_running,
    "mig_enabled_without_instances": _mig_enabled_without_instances,
    "exclusive_compute_mode": _exclusive_compute_mode,
}
