"""Words of findings about the files in /dev and the module behind CUDA."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _device_nodes_missing(parameters: Parameters) -> FindingText:
    nodes = parameters.get("nodes", "")
    if parameters.get("kind") == "tpu":
        remedy = Remedy(_("In a container, pass them on, for example with --privileged."))
        if not place.in_container(parameters):
            remedy = Remedy(_("Load the driver of the TPU, or use an image made for TPU machines."))
        remedies: tuple[Remedy, ...] = (remedy,)
    elif place.in_container(parameters):
        remedies = place.run_container(parameters)
    else:
        remedies = (
            Remedy(_("Have the driver make them."), "sudo nvidia-modprobe -c 0 -u"),
            Remedy(_("Running nvidia-smi as root makes them too."), "sudo nvidia-smi"),
        )
    return FindingText(
        _("Device files are missing"),
        _("Programs reach the device through {nodes}, which are not there.").format(nodes=nodes),
        remedies,
    )


def _device_permission_denied(parameters: Parameters) -> FindingText:
    group, nodes = parameters.get("group"), parameters.get("nodes", "")
    if place.in_container(parameters):
        remedies: tuple[Remedy, ...] = (
            place.host_only(_("let this container's user read and write the device files.")),
        )
    elif group:
        command = f'sudo usermod -aG {shlex.quote(group)} "$USER"'
        text = _("Join the group “{group}”, then log in again.").format(group=group)
        remedies = (Remedy(text, command),)
    elif parameters.get("kind") == "tpu":
        remedies = (Remedy(_("Run as root, or give your group access with a udev rule.")),)
    else:
        remedies = (
            Remedy(
                _("Give every user access until the next restart."), "sudo chmod 0666 /dev/nvidia*"
            ),
            Remedy(_("To keep it so, look at NVreg_DeviceFileMode in /etc/modprobe.d.")),
        )
    return FindingText(
        _("You may not use the device"),
        _("Your user may not read and write {nodes}.").format(nodes=nodes),
        remedies,
    )


def _uvm_module_not_loaded(parameters: Parameters) -> FindingText:
    command = None if place.in_container(parameters) else "sudo modprobe nvidia-uvm"
    text = _("Load it.") if command else _("On the host: load it with “sudo modprobe nvidia-uvm”.")
    return FindingText(
        _("The module nvidia_uvm is not loaded"),
        _("CUDA needs this part of the driver. Usually the first CUDA program loads it."),
        (Remedy(text, command),),
    )


def _uvm_broken_after_suspend(parameters: Parameters) -> FindingText:
    command = "sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm"
    return FindingText(
        _("CUDA does not start, though the driver answers"),
        _("That happens after the machine slept: the module nvidia_uvm is left in a bad state."),
        (place.host_only(_("load nvidia_uvm anew, or restart the machine.")),)
        if place.in_container(parameters)
        else (
            Remedy(_("End all programs on the GPU and load nvidia_uvm anew."), command),
            place.reboot(),
        ),
    )


TEXTS: dict[str, Author] = {
    "device_nodes_missing": _device_nodes_missing,
    "device_permission_denied": _device_permission_denied,
    "uvm_module_not_loaded": _uvm_module_not_loaded,
    "uvm_broken_after_suspend": _uvm_broken_after_suspend,
}
