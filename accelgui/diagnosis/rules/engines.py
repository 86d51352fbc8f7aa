"""Rules of container engines on this host: nothing here is broken until a container asks for GPUs.

They are told where a GPU with its driver is here, and never keep the host's own work from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import info, warning
from accelgui.diagnosis.seen import configured, has_configuration, system_package
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding

_TOOLKIT = r"nvidia-container-toolkit|nvidia-ctk|nvidia-container-runtime|nvidia-docker2"
_DOCKER = r"docker|docker-ce|docker\.io|dockerd|docker-engine|moby-engine"


def toolkit_missing(case: Case) -> Finding | None:
    """Docker is here, the NVIDIA Container Toolkit is not."""
    docker = system_package(case, _DOCKER)
    if not _is_host(case) or docker is None or system_package(case, _TOOLKIT):
        return None
    if not case.saw("/usr/bin") or _docker_is_snap(case):
        return None
    named = configured(case, "/etc/docker/daemon.json", "nvidia")
    tell, evidence = (warning, [named]) if named else (info, [])
    return tell(
        "container_toolkit_not_installed",
        Link.SPEED,
        *evidence,
        Evidence(docker.site or docker.name, "Docker is installed"),
        Evidence("/usr/bin/nvidia-ctk", "no such file"),
        confidence=Confidence.LIKELY if named else Confidence.POSSIBLE,
    )


def no_cgroups(case: Case) -> Finding | None:
    """The toolkit was told to leave device rules alone, which only rootless engines want."""
    line = configured(case, "nvidia-container-runtime/config.toml", r"^no-cgroups\s*=\s*true")
    if line is None or not _is_host(case) or system_package(case, r"dockerd-rootless\.sh"):
        return None
    return warning("toolkit_no_cgroups_enabled", Link.SPEED, line, confidence=Confidence.LIKELY)


def snap_docker(case: Case) -> Finding | None:
    """Docker from a snap lives in a space of its own, without the host's driver."""
    if not _is_host(case) or not _docker_is_snap(case):
        return None
    return info(
        "docker_daemon_cannot_see_host_driver",
        Link.SPEED,
        Evidence("/snap/bin/docker", "Docker is installed as a snap"),
        confidence=Confidence.POSSIBLE,
    )


def docker_in_own_machine(case: Case) -> Finding | None:
    """Docker Desktop runs containers in a virtual machine of its own, which has no GPU."""
    if not case.is_container or "linuxkit" not in case.host.kernel or case.has_accelerator:
        return None
    return warning(
        "docker_daemon_cannot_see_host_driver",
        Link.DEVICE,
        Evidence("/proc/version", case.host.kernel),
        confidence=Confidence.LIKELY,
    )


def runtime_not_default(case: Case) -> Finding | None:
    """Kubernetes' containerd starts pods with another runtime than NVIDIA's."""
    kubelet = system_package(case, "kubelet") or has_configuration(case, "k3s")
    toolkit = system_package(case, _TOOLKIT)
    if not _is_host(case) or not kubelet or toolkit is None:
        return None
    line = configured(case, "containerd", r"^default_runtime_name\s*=")
    if line is None or "nvidia" in line.text:
        return None
    return info("nvidia_runtime_not_default", Link.SPEED, line, confidence=Confidence.POSSIBLE)


def _is_host(case: Case) -> bool:
    return case.has_nvidia and not case.is_container and not case.host.wsl


def _docker_is_snap(case: Case) -> bool:
    docker = [p for p in (case.machine.packages if case.machine else ()) if p.name == "docker"]
    return bool(docker) and all(p.site.startswith("/snap/") for p in docker)


RULES: tuple[Rule, ...] = (
    toolkit_missing,
    no_cgroups,
    snap_docker,
    docker_in_own_machine,
    runtime_not_default,
)
