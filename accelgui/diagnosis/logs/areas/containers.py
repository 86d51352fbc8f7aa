"""Containers, Kubernetes, WSL2 and virtual machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule
    from accelgui.diagnosis.logs.signs import Clue

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY

_INSIDE = ("container_host", "container_host_any", "container_prompt", "container_prefix")
_NO_DRIVER_SEEN = (
    "kernel_driver_absent",
    "stub_loaded",
    "torch_no_driver",
    "cuinit_no_library",
    "no_libcuda",
)

SIGNS = (
    sign(
        "empty_lib",
        ("file too short", "is empty, not checked", " libcuda.so", " libnvidia-ml.so"),
        r"(?P<library>lib(?:cuda|nvidia-ml|nvidia-\w+|nvrm_\w+)\.so[.\d]*): (?:file too short)"
        r"|/(?P<library2>lib(?:cuda|nvidia)[\w.-]*\.so[.\d]*) is empty, not checked"
        r"|\d \S+ \S+ 0 \w{3} +\d+ +[\d:]+ (?P<library3>lib(?:cuda|nvidia-ml)\.so[.\d]*)(?: |$)",
        says="image_contains_driver_libs",
        confidence=_LIKELY,
    ),
    sign(
        "docker",
        (
            "docker run",
            "docker: error response from daemon",
            "docker compose",
            "docker-compose",
            "overlay2",
            "oci runtime",
            "containerd",
            "podman run",
            "/.dockerenv",
            "kubectl",
            "nvidia-container",
        ),
        None,
    ),
    sign(
        "docker_started",
        "docker run",
        # Up to the next prompt or command, this is the same command.
        r"docker run (?!(?:(?!\w@\w|docker run)[^\n])*(?:--gpus|--runtime[= ]nvidia|"
        r"nvidia\.com/gpu|/dev/nvidia))[^\n]{0,200}",
    ),
    sign(
        "docker_with_gpus",
        (
            "--gpus",
            "--runtime=nvidia",
            "--runtime nvidia",
            "nvidia.com/gpu=",
            "--device /dev/nvidia",
            "--device=/dev/nvidia",
        ),
        None,
    ),
    sign(
        "nvidia_banner_no_gpu",
        ("nvidia driver was not detected", "nvidia gpu driver was not"),
        r"The NVIDIA Driver was not detected",
        says="container_started_without_gpus",
    ),
    sign(
        "container_host",
        "does not appear to be running on this host",
        r"on this host \((?P<host>[0-9a-f]{12})\)",
    ),
    sign("container_host_any", "for host:", r"for host: (?P<host>[0-9a-f]{12})\s"),
    # The names that Docker Compose puts before each line.
    sign(
        "container_prefix",
        "-1 ",
        r"(?:^|\s)[a-z][\w-]{1,30}-1 {1,12}\| ",
    ),
    sign("container_prompt", "root@", r"root@(?P<host>[0-9a-f]{12})[: ]"),
    sign(
        "desktop",
        (
            "docker desktop",
            "docker-desktop",
            "desktop-linux",
            ".docker/desktop",
            "rancher desktop",
            "rancher-desktop",
            "colima start",
            "colima status",
            "orbstack",
            "podman machine",
            "docker-machine",
        ),
        None,
    ),
    sign(
        "snap",
        ("/var/snap/docker", "snap install docker", "/snap/docker", "snap.docker", "snap list"),
        r"snap/docker|snap install docker|snap\.docker|snap list[^\n]{0,120}\bdocker +\d",
    ),
    sign("inspected", "devicerequests", r"DeviceRequests[^\n]{0,60}?(?:\[\]|null|<no value>)"),
    sign("rootless", ("rootless", "/run/user/"), r"rootless|/run/user/\d+/docker"),
    sign("nvml_unknown", "initialize nvml", r"Failed to initialize NVML: Unknown Error"),
    sign(
        "nvml_unknown_other",
        ("nvml_error_unknown", "nvml: unknown error", "nvmlerror_unknown"),
        None,
    ),
    sign(
        "nvml_permission",
        ("insufficient permissions", "nvrmmeminit", "insufficient_permissions"),
        r"^(?:(?!limit for|clocks? |persistence|compute mode|fan speed)[^\n])*?Insufficient["
        r" _]Permissions|NvRm\w+ failed with Permission denied",
        says="device_permission_denied",
        confidence=_LIKELY,
    ),
    sign(
        "not_in_group",
        "member of",
        r"not (?:a )?(?:in|member of)(?: the)? [`'\"]*(?:video|render)\b",
        says="device_permission_denied",
    ),
    sign("no_cgroups", "no-cgroups", r"(?:^|\s)(?!#)no-cgroups ?= ?true"),
    sign(
        "reloaded",
        (
            "daemon-reload",
            "reloading",
            "after a while",
            "some time",
            "few hours",
            "hours later",
            "systemctl restart",
        ),
        r"daemon-reload|systemd\[1\]: Reloading|after (?:a while|some time|a few hours|\d+ hours)"
        r"|hours later|systemctl (?:reload|restart)",
    ),
    sign(
        "wsl",
        (
            "microsoft-standard",
            "wsl2",
            "/usr/lib/wsl",
            "wsl.exe",
            "/dev/dxg",
            "dxgkrnl",
            "-microsoft-",
        ),
        None,
    ),
    sign(
        "wsl_blocked",
        "blocked by the operating system",
        r"GPU access blocked by the operating system",
    ),
    sign(
        "wsl_file",
        (
            "libdxcore",
            "libd3d12",
            "libnvwgf2umx",
            "nvcubins",
            "libnvdxgdmal",
            "wsl driver store",
        ),
        r"lib(?:dxcore|d3d12core|d3d12|nvwgf2umx|nvdxgdmal)\.so[.\d]*[^\n]{0,40}(?:cannot open|not"
        r" found|no such)|no adapters? found[^\n]{0,30}dxcore|(?:not found"
        r"|missing)[^\n]{0,30}libdxcore"
        r"|could not locate [^\n]{0,40}WSL driver store",
        says="wsl_or_gpupv_host_driver_libs_missing",
    ),
    sign("dxcore_failed", "dxcore initialization failed"),
    sign(
        "singularity",
        (
            "could not find any nv files",
            "singularity exec",
            "singularity run",
            "apptainer exec",
            "apptainer run",
            "singularity shell",
            "apptainer shell",
        ),
        r"Could not find any nv files|(?:singularity|apptainer) (?:exec|run|shell) (?![^\n]*--nv)"
        r"[^\n]{0,200}",
    ),
    sign(
        "kfd_missing",
        "/dev/kfd",
        r"(?:open|find|access)[^\n]{0,12} '?/dev/kfd[^\n]{0,24}(?:No such file|not found)",
    ),
    sign("no_nv_files", "could not find any nv files"),
    sign(
        "lxc", ("lxc-", "root@lxc", "lxc.cgroup", "/etc/pve", "proxmox", "lxc exec", "incus "), None
    ),
    sign(
        "wsl_nvml_na",
        "initialize nvml",
        r"Failed to initialize NVML: N/A",
        says="wsl_or_gpupv_host_driver_libs_missing",
    ),
    sign(
        "wsl_adapters",
        ("no adapters were found", "dxcore", "dxg: "),
        r"no adapters were found|dxgk?(?![^\n]{0,20}(?:query_adapter_info"
        r"|is_feature))[^\n]{0,40}fail",
        says="wsl_or_gpupv_host_driver_libs_missing",
    ),
    # WSL2's kernel refuses some on every machine; they tell nothing where CUDA works.
    sign("wsl_refused", ("query_adapter_info: ioctl failed", "feature_enabled: ioctl failed")),
    sign(
        "smi_not_in_container",
        "nvidia-smi",
        r"exec: \"nvidia-smi ?\": executable file not found in \$PATH"
        r"|executable file [`'\"]nvidia-smi[`'\"] not found",
    ),
    sign(
        "capabilities",
        ("nvidia_driver_capabilities", "capabilities"),
        r"NVIDIA_DRIVER_CAPABILITIES[=: ]+[\"']?(?P<value>[\w,]+)"
        r"|Capabilities[\"']?: ?\[+(?P<value2>[\"'\w, ]*utility[\"'\w, ]*)\]",
    ),
)


def lost_in_container(clues: Clues) -> Iterator[Candidate]:
    """NVML's unknown error is what a refused device file looks like."""
    clue = clues.first("nvml_unknown", "nvml_unknown_other")
    setting = clues.first("no_cgroups")
    if setting and clue:
        yield certain("toolkit_no_cgroups_enabled", [clue, setting])
    elif setting and clues.has("no_device", "torch_no_gpus", "cuda_unknown"):
        yield likely("toolkit_no_cgroups_enabled", [setting])
    if clue is None or setting:
        return
    worked = [seen for seen in clues.all("smi", "smi_gpu") if seen.line < clue.line]
    reloaded = clues.first("reloaded")
    if clues.has("lxc") and not reloaded:
        yield likely("device_permission_denied", [clue, *clues.all("lxc")[:1]])
        yield possible("device_nodes_missing", [clue])
        return
    fresh = clues.first("docker_with_gpus")
    if reloaded:
        yield likely("container_cgroup_device_access_revoked", [clue, reloaded])
        yield possible("toolkit_no_cgroups_enabled", [clue])
    elif fresh and fresh.line < clue.line and not worked:
        yield likely("toolkit_no_cgroups_enabled", [clue, fresh])
        yield likely("container_cgroup_device_access_revoked", [clue])
    else:
        yield likely("container_cgroup_device_access_revoked", [clue, *worked[:1]])
        yield possible("toolkit_no_cgroups_enabled", [clue])


def blocked(clues: Clues) -> Iterator[Candidate]:
    """NVML was refused by the system below: of WSL2 mostly, or by the container's own settings."""
    clue = clues.first("wsl_blocked")
    if clue is None:
        return
    if setting := clues.first("no_cgroups"):
        yield likely("toolkit_no_cgroups_enabled", [clue, setting])
    yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue])
    if inside := clues.first("docker", *_INSIDE):
        yield possible("toolkit_no_cgroups_enabled", [clue, inside])


def utility_only(clues: Clues) -> Iterator[Candidate]:
    """nvidia-smi was asked for and computing was not."""
    for clue in clues.all("capabilities"):
        value = clue["value"] or clue["value2"]
        if "compute" not in value and "all" not in value and clues.has(*_NO_DRIVER_SEEN, "smi"):
            shown = [clue, *clues.all("no_libcuda")[:1]]
            yield likely("driver_capabilities_without_compute", shown)
            return


def without_gpus(clues: Clues) -> Iterator[Candidate]:
    """Inside a container whose host's driver is not to be seen."""
    if any(utility_only(clues)):
        return
    absent = clues.first(*_NO_DRIVER_SEEN)
    if absent is not None:
        yield from _driver_not_seen(clues, absent)
    elif (asked := clues.first("inspected")) and clues.has("no_gpu_stated", "no_device"):
        yield likely("container_started_without_gpus", [asked])
    if (clue := clues.first("kfd_missing")) and (inside := clues.first(*_INSIDE)):
        yield likely("container_started_without_gpus", [clue, inside])
    if clue := clues.first("smi_not_in_container"):
        yield likely("container_started_without_gpus", [clue])
        yield possible("container_toolkit_not_installed", [])
    if clue := clues.first("no_nv_files"):
        yield likely("driver_not_installed", [clue])
        yield possible("container_started_without_gpus", [clue])


def _driver_not_seen(clues: Clues, absent: Clue) -> Iterator[Candidate]:
    inside = clues.first(*_INSIDE)
    started = clues.first("docker_started", "singularity")
    if clues.has("smi") and not clues.has("docker_started"):
        if inside:
            yield likely("driver_capabilities_without_compute", [absent, inside])
    elif started and not clues.has("docker_with_gpus"):
        yield likely("container_started_without_gpus", [started, absent])
    elif clues.has("colab"):
        # Hosted notebooks are containers too; theirs have no GPU unless one was chosen.
        yield likely("no_accelerator_present", [absent])
        yield possible("container_started_without_gpus", [absent])
    elif clues.has("libcuda_there") and not clues.has("container_host"):
        return
    elif inside or absent.sign == "stub_loaded":
        yield likely("container_started_without_gpus", [absent])


def without_dxcore(clues: Clues) -> Iterator[Candidate]:
    """The toolkit says so on every machine that is not WSL; under WSL it is the trouble."""
    clue, wsl = clues.first("dxcore_failed"), clues.first("wsl")
    if clue and wsl:
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue, wsl])
    elif (clue := clues.first("wsl_refused")) and clues.has("false", "no_gpu_list", "cuinit"):
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue])


RULES: tuple[Rule, ...] = (
    lost_in_container,
    blocked,
    utility_only,
    without_gpus,
    without_dxcore,
)
