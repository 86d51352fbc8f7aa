"""Words of findings about containers, WSL2 and virtual machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings import place
from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters


def _container_started_without_gpus(parameters: Parameters) -> FindingText:
    return FindingText(
        _("The container was started without its GPUs"),
        _("The host has an NVIDIA GPU with a driver, but no device file of it is in here."),
        place.run_container(parameters),
    )


def _container_cgroup_device_access_revoked(parameters: Parameters) -> FindingText:
    remedies = [
        Remedy(_("Restart the container.")),
        place.host_only(
            _("set Docker's cgroup driver to “cgroupfs”, or pass the nodes with --device.")
        ),
    ]
    if not place.in_container(parameters):
        remedies = [Remedy(_("Look at the device rules of the service or slice this runs in."))]
    return FindingText(
        _("The system has taken the GPU away from this container"),
        _(
            "The device files are there, but the kernel refuses them. That happens to a running"
            " container when systemd or the container's daemon reloads."
        ),
        tuple(remedies),
    )


def _driver_capabilities_without_compute(_parameters: Parameters) -> FindingText:
    command = "docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility IMAGE"
    return FindingText(
        _("The container was given the GPU's tools, but not CUDA"),
        _("NVIDIA_DRIVER_CAPABILITIES lacks “compute”, so that libcuda was not passed in."),
        (Remedy(_("Start the container with both."), command),),
    )


def _image_contains_driver_libs(parameters: Parameters) -> FindingText:
    if place.in_wsl(parameters) and not place.in_container(parameters):
        return FindingText(
            _("A driver for Linux is installed inside WSL2"),
            _("In WSL2 the driver of Windows serves; libraries of one for Linux may hide its own."),
            (
                Remedy(_("Remove the packages of the Linux driver; keep those of CUDA."),
                       "sudo apt purge 'nvidia-driver-*' 'libnvidia-compute-*'"),
            ),
        )  # fmt: skip
    return FindingText(
        _("The image may carry driver libraries of its own"),
        _("Libraries of the driver must come from the host; those of an image hide them."),
        (Remedy(_("Remove packages such as libnvidia-compute-* from the image.")),),
    )


def _wsl_or_gpupv_host_driver_libs_missing(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Windows' driver files for Linux are missing"),
        _(
            "Windows lends a GPU to this system, but libcuda is not in /usr/lib/wsl/lib. Either"
            " Windows has no NVIDIA driver that serves WSL2, or the GPU is not NVIDIA's."
        ),
        (
            Remedy(_("Install NVIDIA's current driver on Windows, not in Linux.")),
            Remedy(
                _("Then, in Windows, update and restart WSL."), "wsl --update && wsl --shutdown"
            ),
        ),
    )


TEXTS: dict[str, Author] = {
    "container_started_without_gpus": _container_started_without_gpus,
    "container_cgroup_device_access_revoked": _container_cgroup_device_access_revoked,
    "driver_capabilities_without_compute": _driver_capabilities_without_compute,
    "image_contains_driver_libs": _image_contains_driver_libs,
    "wsl_or_gpupv_host_driver_libs_missing": _wsl_or_gpupv_host_driver_libs_missing,
}
