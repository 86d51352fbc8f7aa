"""Words of findings about NVIDIA's kernel driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


_BLACKLIST = (
    "printf 'blacklist nouveau\\noptions nouveau modeset=0\\n'"
    " | sudo tee /etc/modprobe.d/blacklist-nouveau.conf"
)


def _driver_not_installed(parameters: Parameters) -> FindingText:
    return FindingText(
        _("NVIDIA's driver is not installed"),
        _("The GPU is on the bus, but nothing of NVIDIA's driver was found on this machine."),
        place.install_driver(parameters),
    )


def _driver_module_not_loaded(parameters: Parameters) -> FindingText:
    if place.in_container(parameters):
        remedy = place.host_only(_("load the driver with “sudo modprobe nvidia”."))
        remedies: tuple[Remedy, ...] = (remedy,)
    else:
        remedies = (
            Remedy(
                _("Load the driver; if that fails, its message says why."), "sudo modprobe nvidia"
            ),
            Remedy(_("See what the kernel said of it."), "sudo dmesg | grep -iE 'nvidia|nvrm'"),
        )
    cause = _("The driver is installed, but its module is not in the running kernel.")
    if file := parameters.get("blacklisted"):
        cause = _("The driver is installed, but {file} forbids to load its module.").format(
            file=file
        )
        text = _("Take the line that names “nvidia” out of {file}.").format(file=file)
        anew = Remedy(_("Build the start-up image anew."), _initramfs(parameters))
        remedies = (Remedy(text), anew, place.reboot())
    return FindingText(_("The NVIDIA driver is not loaded"), cause, remedies)


def _other_kernel_driver_owns_gpu(parameters: Parameters) -> FindingText:
    driver = parameters.get("driver", "")
    if driver.startswith("vfio"):
        cause = _("“{driver}” keeps the GPU for a virtual machine.").format(driver=driver)
        text = _("Use it in that virtual machine, or take it off the list of vfio.")
        return FindingText(_("The GPU is reserved for a virtual machine"), cause, (Remedy(text),))
    remedies: tuple[Remedy, ...] = (
        Remedy(_("Unbind that driver from the GPU, then load NVIDIA's.")),
    )
    if driver == "nouveau":
        remedies = (
            Remedy(_("Keep nouveau from loading."), _BLACKLIST),
            Remedy(_("Build the start-up image anew."), _initramfs(parameters)),
            place.reboot(),
        )
    return FindingText(
        _("Another kernel driver has taken the GPU"),
        _("The driver “{driver}” is bound to it, so that NVIDIA's cannot be.").format(
            driver=driver
        ),
        remedies,
    )


def _secure_boot_rejects_module(parameters: Parameters) -> FindingText:
    return FindingText(
        _("Secure Boot may refuse the driver"),
        _("Secure Boot is on. It rejects kernel modules that are not signed with an enrolled key."),
        (
            Remedy(
                _("See whether the kernel refused it."), "sudo modprobe nvidia; sudo dmesg | tail"
            ),
            Remedy(
                _("Enrol the key with which modules are signed here, then restart and confirm."),
                f"sudo mokutil --import {_signing_key(parameters)}",
            ),
            Remedy(_("Or switch Secure Boot off in the firmware's settings.")),
        ),
    )


def _kernel_module_not_built_for_kernel(parameters: Parameters) -> FindingText:
    kernel = parameters.get("kernel", "")
    return FindingText(
        _("The driver has no module for the running kernel"),
        _("The driver is installed, but not built for kernel {kernel}.").format(kernel=kernel)
        if kernel
        else _("The driver is installed, but not built for the running kernel."),
        (
            place.build_module(parameters),
            Remedy(_("Then load it."), "sudo modprobe nvidia"),
        ),
    )


def _driver_upgraded_not_reloaded(parameters: Parameters) -> FindingText:
    loaded, installed = parameters.get("loaded"), parameters.get("installed")
    if loaded and installed and loaded != installed:
        cause = _(
            "Version {loaded} is still loaded, while version {installed} is installed now."
        ).format(loaded=loaded, installed=installed)
    else:
        cause = _("The libraries are of another version than the module in the running kernel.")
    return FindingText(
        _("The driver was updated, but the old one is still loaded"),
        cause,
        (place.host_only(_("restart the machine.")),)
        if place.in_container(parameters)
        else (place.reboot(),),
    )


def _driver_packages_inconsistent(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The driver's packages are of different versions"),
        _("The kernel module and the libraries on disk differ. A restart does not help."),
        (Remedy(_("Install all packages of the driver anew, in one version.")),),
    )


def _signing_key(parameters: Parameters) -> str:
    """Return the key with which the distribution signs the modules that it builds."""
    if parameters.get("os_id") == "ubuntu":
        return "/var/lib/shim-signed/mok/MOK.der"
    if place.manager(parameters) == "dnf":
        return "/etc/pki/akmods/certs/public_key.der"
    return "/var/lib/dkms/mok.pub"


def _initramfs(parameters: Parameters) -> str | None:
    return {
        "apt": "sudo update-initramfs -u",
        "dnf": "sudo dracut --force",
        "zypper": "sudo dracut --force",
        "pacman": "sudo mkinitcpio -P",
    }.get(place.manager(parameters) or "")


TEXTS: dict[str, Author] = {
    "driver_not_installed": _driver_not_installed,
    "driver_module_not_loaded": _driver_module_not_loaded,
    "other_kernel_driver_owns_gpu": _other_kernel_driver_owns_gpu,
    "secure_boot_rejects_module": _secure_boot_rejects_module,
    "kernel_module_not_built_for_kernel": _kernel_module_not_built_for_kernel,
    "driver_upgraded_not_reloaded": _driver_upgraded_not_reloaded,
    "driver_packages_inconsistent": _driver_packages_inconsistent,
}
