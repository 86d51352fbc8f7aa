"""Remedies that fit the machine: its distribution, its container, its Python.

Whatever came from a machine is quoted before it enters a command.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from accelgui.words.findings.text import Remedy
from accelgui.words.frameworks import framework_name
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Parameters

_MANAGERS = {
    "apt": ("debian", "ubuntu", "linuxmint", "pop", "raspbian", "kali", "zorin", "elementary"),
    "dnf": ("fedora", "rhel", "centos", "rocky", "almalinux", "ol", "amzn"),
    "zypper": ("opensuse-leap", "opensuse-tumbleweed", "opensuse", "sles", "sled"),
    "pacman": ("arch", "manjaro", "endeavouros", "cachyos"),
}

# Mint, Zorin and elementary are Ubuntu underneath, whose driver packages bear their version.
_DRIVER_COMMANDS = {
    **dict.fromkeys(("ubuntu", "linuxmint", "zorin", "elementary"), "sudo ubuntu-drivers install"),
    "pop": "sudo apt install system76-driver-nvidia",
    "manjaro": "sudo mhwd --auto pci nonfree 0300",
}

_COMMANDS_OF_MANAGER = {
    # Without the headers no module is built, and apt does not say so.
    "apt": "sudo apt update && sudo apt install"
    ' "linux-headers-$(dpkg --print-architecture)" nvidia-driver firmware-misc-nonfree',
    # The module is built after the packages are there; a restart before that comes too early.
    "dnf": "sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda && sudo akmods --force",
    "zypper": "sudo zypper install-new-recommends",
    "pacman": "sudo pacman -S nvidia-open nvidia-utils",
}

_HEADERS = {
    "apt": 'sudo apt install dkms "linux-headers-$(uname -r)" && sudo dkms autoinstall',
    "dnf": 'sudo dnf install "kernel-devel-$(uname -r)" && sudo akmods --force',
    "zypper": "sudo zypper install kernel-default-devel",
    "pacman": "sudo pacman -S linux-headers && sudo dkms autoinstall",
}


def manager(parameters: Parameters) -> str | None:
    """Return the package manager of the machine's distribution, None where it is not known."""
    os_id = parameters.get("os_id", "")
    return next((name for name, ids in _MANAGERS.items() if os_id in ids), None)


def in_container(parameters: Parameters) -> bool:
    """Say whether the driver is a host's, out of reach from here."""
    return "container" in parameters


def in_wsl(parameters: Parameters) -> bool:
    """Say whether this is Linux inside Windows."""
    return "wsl" in parameters


def install_driver(parameters: Parameters) -> tuple[Remedy, ...]:
    """Return how NVIDIA's driver comes onto this machine."""
    if parameters.get("system") == "Windows" or in_wsl(parameters):
        return (Remedy(_("Install NVIDIA's driver on Windows: nvidia.com/drivers.")),)
    if in_container(parameters):
        text = _("Install NVIDIA's driver on the host, not in this container, and restart it.")
        return (Remedy(text),)
    command = _DRIVER_COMMANDS.get(parameters.get("os_id", ""))
    name = manager(parameters)
    command = command or (_COMMANDS_OF_MANAGER.get(name) if name else None)
    if command is None:
        return (Remedy(_("Install NVIDIA's driver as your system's documentation says.")), reboot())
    install = Remedy(_("Install NVIDIA's driver from your distribution."), command)
    return (*_repository_needed(parameters.get("os_id", ""), name), install, reboot())


def reboot() -> Remedy:
    """Return the remedy that loads the driver anew, whatever holds the old one."""
    return Remedy(_("Restart the machine."), "sudo reboot")


def build_module(parameters: Parameters) -> Remedy:
    """Return how the kernel module is built for the running kernel."""
    name = manager(parameters)
    text = _("Install the headers of the running kernel and build the module.")
    return Remedy(text, _HEADERS.get(name) if name else None)


def host_only(text: str) -> Remedy:
    """Return a remedy that has to be done outside the container."""
    return Remedy(_("On the host: {what}").format(what=text))


def run_container(parameters: Parameters) -> tuple[Remedy, ...]:
    """Return how a container is started with its GPUs."""
    kind = parameters.get("container", "")
    if kind == "podman":
        command = "podman run --device nvidia.com/gpu=all IMAGE"
        return (Remedy(_("Start the container with the GPUs."), command),)
    if kind == "kubernetes":
        text = _("Ask for a GPU in the pod: resources, limits, nvidia.com/gpu: 1.")
        return (Remedy(text),)
    return (
        Remedy(_("Start the container with the GPUs."), "docker run --gpus all IMAGE"),
        Remedy(_("The host needs the NVIDIA Container Toolkit for that.")),
    )


def python(parameters: Parameters) -> str:
    """Return the examined Python, quoted for a shell."""
    return shlex.quote(parameters.get("python", "python3"))


def pip_install(parameters: Parameters, *requirements: str) -> str:
    """Return the command that installs into the examined Python."""
    wanted = " ".join(shlex.quote(requirement) for requirement in requirements)
    return f"{python(parameters)} -m pip install {wanted}"


def install_framework(parameters: Parameters) -> Remedy:
    """Return how the framework comes into the examined Python, with CUDA where that is possible."""
    framework = parameters.get("framework", "tensorflow")
    is_linux = parameters.get("system", "Linux") == "Linux"
    requirement = {
        "tensorflow": "tensorflow[and-cuda]" if is_linux else "tensorflow",
        "pytorch": "torch",
        "jax": "jax[cuda12]" if is_linux else "jax",
    }.get(framework)
    text = _("Install {framework} into this Python.").format(framework=name_of(parameters))
    return Remedy(text, pip_install(parameters, requirement) if requirement else None)


def name_of(parameters: Parameters) -> str:
    """Return the framework in question, as it writes itself."""
    return framework_name(parameters.get("framework"))


def _repository_needed(os_id: str, name: str | None) -> tuple[Remedy, ...]:
    """Return what comes before the packages, which the distribution itself does not hold."""
    if os_id == "debian":
        text = _(
            "Have “contrib”, “non-free” and “non-free-firmware” among apt's sources:"
            " wiki.debian.org/NvidiaGraphicsDrivers."
        )
        return (Remedy(text),)
    if name == "dnf":
        return (Remedy(_("Enable the RPM Fusion repositories: rpmfusion.org/Configuration.")),)
    if name == "zypper":
        release = {"opensuse-leap": "Leap", "opensuse-tumbleweed": "Tumbleweed"}.get(os_id)
        command = f"sudo zypper install openSUSE-repos-{release}-NVIDIA" if release else None
        return (Remedy(_("Add NVIDIA's repository."), command),)
    return ()
