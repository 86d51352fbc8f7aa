"""Words of findings about what starts containers: Docker, the NVIDIA toolkit, Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.words.findings.text import FindingText, Remedy
from accelgui.words.translation import _

if TYPE_CHECKING:
    from accelgui.words.findings.text import Author, Parameters

_CONFIGURE = "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker"
_TOOLKIT_CONFIG = "/etc/nvidia-container-runtime/config.toml"


def _container_toolkit_not_installed(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Docker lacks the NVIDIA Container Toolkit"),
        _("Docker, or Podman, does not know how to pass a GPU on: the toolkit is not installed, or"
          " was not made known to it."),
        (
            Remedy(_("See whether it is there."), "nvidia-ctk --version"),
            Remedy(_("If not, install nvidia-container-toolkit from NVIDIA's repository:"
                     " docs.nvidia.com/datacenter/cloud-native.")),
            Remedy(_("Make it known to Docker and restart that."), _CONFIGURE),
            Remedy(_("For Podman, write its device list."),
                   "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
        ),
    )  # fmt: skip


def _docker_daemon_cannot_see_host_driver(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Docker runs where the driver is not"),
        _("The toolkit did not find libnvidia-ml.so.1. Docker Desktop on Linux, Docker from snap"
          " and rootless Docker live apart from the host and its driver."),
        (
            Remedy(_("See on the host itself whether the driver works."), "nvidia-smi"),
            Remedy(_("See which Docker answers: “desktop-linux” or a path in /snap is one apart."),
                   "docker context ls; snap list docker"),
            Remedy(_("Use the system's Docker instead."), "docker context use default"),
            Remedy(_("Remove the one from snap, and install Docker's own packages."),
                   "sudo snap remove docker"),
        ),
    )  # fmt: skip


def _nvidia_runtime_not_default(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("Kubernetes does not use the nvidia runtime"),
        _("The pod was started by the usual runtime, so that driver and devices were not passed"
          " in, not even to NVIDIA's device plug-in."),
        (
            Remedy(_("On the node: make nvidia the default runtime of containerd."),
                   "sudo nvidia-ctk runtime configure --runtime=containerd --set-as-default"
                   " && sudo systemctl restart containerd"),
            Remedy(_("Or name it in the pod: runtimeClassName: nvidia.")),
            Remedy(_("Then see whether the node offers GPUs."),
                   "kubectl describe nodes | grep nvidia.com/gpu"),
        ),
    )  # fmt: skip


def _toolkit_no_cgroups_enabled(_parameters: Parameters) -> FindingText:
    return FindingText(
        _("The toolkit is told to leave device access alone"),
        _("With “no-cgroups = true”, the kernel refuses the GPU to containers of Docker as root."
          " The setting is for rootless containers only."),
        (
            Remedy(_("See how it is set."), f"grep no-cgroups {_TOOLKIT_CONFIG}"),
            Remedy(_("Set it to false and restart Docker."),
                   "sudo sed -i 's/^no-cgroups = true/no-cgroups = false/'"
                   f" {_TOOLKIT_CONFIG} && sudo systemctl restart docker"),
        ),
    )  # fmt: skip


TEXTS: dict[str, Author] = {
    "container_toolkit_not_installed": _container_toolkit_not_installed,
    "docker_daemon_cannot_see_host_driver": _docker_daemon_cannot_see_host_driver,
    "nvidia_runtime_not_default": _nvidia_runtime_not_default,
    "toolkit_no_cgroups_enabled": _toolkit_no_cgroups_enabled,
}
