"""Words of findings at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words import joining
from accelgui.words.devices import key_name
from accelgui.words.findings import memory, place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.frameworks import framework_name
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _wrong_cuda_visible_devices(parameters: Parameters) -> FindingText:
    value = parameters.get("value")
    cause = _("The variable is set, but empty, which means: no GPU.")
    if value is None:
        cause = _("CUDA works and sees no GPU. Mostly this variable names none that is there.")
    elif value:
        cause = _("The variable is “{value}”, which names no GPU of this machine.")
        cause = cause.format(value=value)
    return FindingText(
        _("CUDA_VISIBLE_DEVICES hides the GPU"),
        cause,
        (
            Remedy(_("See what it holds."), 'echo "$CUDA_VISIBLE_DEVICES"'),
            Remedy(_("Remove it from this shell."), "unset CUDA_VISIBLE_DEVICES"),
            Remedy(
                _("Find out what sets it."),
                "grep -rn CUDA_VISIBLE_DEVICES ~/.bashrc ~/.profile ~/.zshrc /etc/environment",
            ),
        ),
    )


def _wrong_jax_platform_name(parameters: Parameters) -> FindingText:
    variable = parameters.get("variable", "JAX_PLATFORMS")
    # Only a name of ours enters the command, whatever a document says.
    known = variable if variable in {"JAX_PLATFORMS", "JAX_PLATFORM_NAME"} else "JAX_PLATFORMS"
    return FindingText(
        _("JAX was told to use another device"),
        _("The variable {variable} is “{value}”.").format(
            variable=variable, value=parameters.get("value", "")
        ),
        (Remedy(_("Remove it from this shell."), f"unset {known}"),),
    )


def _gpu_memory_held_by_other_process(parameters: Parameters) -> FindingText:
    pid, process = parameters.get("pid", ""), parameters.get("process", "")
    title = _("The GPU's memory is taken")
    told = memory.situation(parameters)
    if not (pid.isascii() and pid.isdecimal()):
        cause = _("Not even a small operation found memory. Most likely another process holds it.")
        return FindingText(title, told or cause, (Remedy(_("See who holds it."), "nvidia-smi"),))
    cause = _("Hardly any memory is left; process {pid} holds it.").format(pid=pid)
    if process:
        cause = _("Hardly any memory is left; {process} (process {pid}) holds most of it.").format(
            process=process, pid=pid
        )
    return FindingText(title, told or cause, memory.look_at_holder(parameters))


def _cuda_initialization_fails(parameters: Parameters) -> FindingText:
    cause = _("The CUDA driver library was found, but it does not start or finds no GPU.")
    if told := parameters.get("error"):
        cause = joining.sentences((cause, told))
    remedies: tuple[Remedy, ...] = (
        Remedy(_("See what the kernel said of it."), "sudo dmesg | grep -iE 'nvidia|nvrm'"),
        place.reboot(),
    )
    if place.in_container(parameters):
        remedies = (Remedy(_("Try the same on the host, outside of the container.")),)
    return FindingText(_("CUDA does not start"), cause, remedies)


def _device_listing_fails(parameters: Parameters) -> FindingText:
    framework = place.name_of(parameters)
    cause = _("{framework} was asked for its devices and failed.").format(framework=framework)
    if message := parameters.get("message"):
        cause = joining.sentences((cause, message))
    return FindingText(
        _("{framework} cannot list its devices").format(framework=framework),
        cause,
        (Remedy(_("Search for the framework's message; the whole of it is in the evidence.")),),
    )


def _operation_fails_on_device(parameters: Parameters) -> FindingText:
    device = key_name(parameters.get("device", ""))
    framework = place.name_of(parameters)
    if elsewhere := parameters.get("elsewhere"):
        cause = _("{framework} lists {device}, but put its work on {elsewhere}.").format(
            framework=framework, device=device, elsewhere=elsewhere
        )
    else:
        cause = _("{framework} lists {device}, but the first operation on it fails.").format(
            framework=framework, device=device
        )
        if message := parameters.get("message"):
            cause = joining.sentences((cause, message))
    return FindingText(
        _("An operation fails on {device}").format(device=device),
        cause,
        (Remedy(_("Search for the framework's message; the whole of it is in the evidence.")),),
    )


def _wrong_results_on_device(parameters: Parameters) -> FindingText:
    device = joining.listed(
        key_name(part.strip()) for part in parameters.get("device", "").split(",")
    )
    return FindingText(
        _("{device} computes wrong results").format(device=device),
        _(
            "A product of matrices of whole numbers, which has no rounding, came back different"
            " from the exact one. Do not trust any result of this device."
        ),
        (
            Remedy(_("Repeat the check; run the precision checks for more."), "accelgui precision"),
            Remedy(_("If it stays so, update driver and framework; then suspect the device.")),
        ),
    )


def _probe_timed_out(parameters: Parameters) -> FindingText:
    what = parameters.get("what", "")
    if what in {"tensorflow", "pytorch", "jax"}:
        what = framework_name(what)
    return FindingText(
        _("No answer from {what}").format(what=what),
        _("It was asked and did not answer in time. A driver that hangs does that."),
        (
            Remedy(
                _("Allow more time, in case the machine is just slow."),
                "accelgui check --timeout 600",
            ),
            Remedy(_("Look for “Xid” in the kernel's log."), "sudo dmesg | grep -i xid"),
            place.reboot(),
        ),
    )


TEXTS: dict[str, Author] = {
    "wrong_cuda_visible_devices": _wrong_cuda_visible_devices,
    "wrong_jax_platform_name": _wrong_jax_platform_name,
    "gpu_memory_held_by_other_process": _gpu_memory_held_by_other_process,
    "cuda_initialization_fails": _cuda_initialization_fails,
    "device_listing_fails": _device_listing_fails,
    "operation_fails_on_device": _operation_fails_on_device,
    "wrong_results_on_device": _wrong_results_on_device,
    "probe_timed_out": _probe_timed_out,
}
