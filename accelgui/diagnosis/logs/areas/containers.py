"""Containers, Kubernetes, WSL2 and virtual machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY

SIGNS = (
    sign(
        "no_device_driver",
        "could not select device driver",
        r"could not select device driver [^\n]{0,40}with capabilities: ?\[{1,2}[^\]\n]*gpu",
        says="container_toolkit_not_installed",
        confidence=_CERTAIN,
    ),
    sign(
        "unknown_runtime",
        (
            "unknown runtime",
            "invalid runtime",
            'runtime "nvidia"',
            "no runtime for",
            "nvidia-container-runtime",
        ),
        r"[Uu]nknown (?:or invalid )?runtime(?: specified| name)?:? [\"']?nvidia"
        r"|nvidia-container-runtime(?:-hook)?[\"']?:? [^\n]{0,60}(?:executable file not found|"
        r"no such file or directory)",
        says="container_toolkit_not_installed",
        confidence=_CERTAIN,
    ),
    sign(
        "hook_missing",
        ("nvidia-container-runtime-hook", "nvidia-container-toolkit", "nvidia-container-cli"),
        r"nvidia-container-(?:runtime-hook|toolkit|cli)[\"']?:? [^\n]{0,60}(?:executable file not"
        r" found|no such file or directory|command not found|not found in \$PATH)",
        says="container_toolkit_not_installed",
    ),
    sign(
        "cdi",
        ("unresolvable cdi", "nvidia.com/gpu="),
        r"unresolvable CDI devices? [^\n]{0,40}nvidia\.com/gpu"
        r"|stat nvidia\.com/gpu=\S+ no such file",
        says="container_toolkit_not_installed",
    ),
    sign(
        "runtime_handler",
        ("no runtime for", "runtime handler", "runtimeclass"),
        r"no runtime for [\"']nvidia ?[\"'] is configured"
        r"|RuntimeClass[^\n]{0,20}[\"']?nvidia[\"']?[^\n]{0,20}not found",
        says="nvidia_runtime_not_default",
    ),
    sign(
        "plugin_no_nvml",
        (
            "non-nvml platform",
            "start nvml with error",
            "no valid resources",
            "failed to initialize nvml: could not load nvml",
        ),
        r"Detected non-NVML platform|[Ff]ailed to (?:start|initialize) nvml[^\n]{0,30}could not"
        r" load NVML library|Incompatible (?:platform|strategy) detected"
        r"|Failed to initialize NVML: could not load NVML library",
    ),
    sign(
        "plugin_hint",
        "nvidia container toolkit",
        r"If this is a GPU node, did you (?:configure|set) (?:the )?(?:NVIDIA|docker)",
    ),
    sign("plugin", ("nvidia-device-plugin", "k8s-device-plugin", "nvidia.com/gpu"), None),
    sign("insufficient_gpu", "insufficient nvidia.com/gpu", r"Insufficient nvidia\.com/gpu"),
    sign("cli_no_nvml", "load library failed", r"load library failed: libnvidia-ml\.so\.1"),
    sign(
        "cli_driver_error",
        "nvidia-container-cli",
        r"nvidia-container-cli[^\n]{0,30}: initialization error: (?:driver error|nvml error)"
        r"[^\n]{0,10}: (?P<what>[^\n\"]{3,60})",
    ),
    sign(
        "cli_not_loaded",
        ("driver not loaded", "nvml error: driver"),
        r"(?:nvml|driver) error: driver not loaded",
    ),
    sign(
        "cli_file_exists",
        "file creation failed",
        r"mount error: file creation failed: (?P<path>\S+?(?:libnvidia|libcuda|nvidia-smi|"
        r"nvidia-\w+)\S*?):? file exists",
        says="image_contains_driver_libs",
        confidence=_CERTAIN,
    ),
    sign(
        "empty_lib",
        ("file too short", "is empty, not checked"),
        r"(?P<library>lib(?:cuda|nvidia-ml|nvidia-\w+)\.so[.\d]*): (?:file too short)"
        r"|/(?P<library2>lib(?:cuda|nvidia)[\w.-]*\.so[.\d]*) is empty, not checked",
        says="image_contains_driver_libs",
        confidence=_LIKELY,
    ),
    sign(
        "cli_require",
        "unsatisfied condition",
        r"unsatisfied condition: (?:cuda|brand|driver)[^\n]{0,6}(?P<wanted>[\d.]+)",
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
        r"docker run (?![^\n]*(?:--gpus|--runtime[= ]nvidia|"
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
    sign("container_prompt", "root@", r"root@(?P<host>[0-9a-f]{12}):"),
    sign("desktop", ("docker desktop", "docker-desktop", "desktop-linux", ".docker/desktop"), None),
    sign("snap", ("/var/snap/docker", "snap install docker", "/snap/docker", "snap.docker"), None),
    sign("rootless", ("rootless", "/run/user/"), r"rootless|/run/user/\d+/docker"),
    sign("nvml_unknown", "initialize nvml", r"Failed to initialize NVML: Unknown Error"),
    sign(
        "nvml_unknown_other",
        ("nvml_error_unknown", "nvml: unknown error", "nvmlerror_unknown"),
        None,
    ),
    sign(
        "nvml_permission",
        "insufficient permissions",
        r"NVML: Insufficient Permissions|Insufficient Permissions",
        says="device_permission_denied",
        confidence=_LIKELY,
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
        says="wsl_or_gpupv_host_driver_libs_missing",
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
        r"no adapters were found|dxgk?[^\n]{0,40}(?:Ioctl failed|fail)",
        says="wsl_or_gpupv_host_driver_libs_missing",
    ),
    sign(
        "smi_not_in_container",
        "nvidia-smi",
        r"exec: \"nvidia-smi ?\": executable file not found in \$PATH"
        r"|executable file [`'\"]nvidia-smi[`'\"] not found",
    ),
    sign(
        "capabilities",
        "nvidia_driver_capabilities",
        r"NVIDIA_DRIVER_CAPABILITIES[=: ]+[\"']?(?P<value>[\w,]+)",
    ),
    sign(
        "dev_missing",
        "/dev/nvidia",
        r"/dev/nvidia(?:\d+|ctl|\*)?['\"]?: No such (?:file or directory|device)"
        r"|cannot access '?/dev/nvidia(?:\d|ctl|\*)",
    ),
    sign(
        "dev_denied",
        ("permission denied", "operation not permitted", "crw-------"),
        r"(?P<node>/dev/(?:nvidia[\w-]*|accel\d+|vfio/\w+|kfd|dri/\w+))[^\n]{0,60}"
        r"(?:Permission denied|Operation not permitted)"
        r"|(?:Permission denied|Operation not permitted)[^\n]{0,60}"
        r"(?P<node2>/dev/(?:nvidia[\w-]*|accel\d+|vfio/\w+|kfd|dri/\w+))"
        r"|crw-{7}[^\n]{0,60}nvidia",
    ),
)


def toolkit_finds_no_driver(clues: Clues) -> Iterator[Candidate]:
    """The toolkit runs and finds no libnvidia-ml: not there, or not where the daemon lives."""
    clue = clues.first("cli_no_nvml")
    if clue is None:
        return
    host = clues.first("desktop", "snap", "rootless")
    smi = clues.first("smi", "smi_gpu")
    if host:
        yield certain("docker_daemon_cannot_see_host_driver", [clue, host])
    elif smi:
        yield likely("docker_daemon_cannot_see_host_driver", [clue, smi])
        yield possible("nvml_library_missing", [clue])
    elif wsl := clues.first("wsl"):
        yield likely("wsl_or_gpupv_host_driver_libs_missing", [clue, wsl])
        yield possible("docker_daemon_cannot_see_host_driver", [clue])
    else:
        yield likely("docker_daemon_cannot_see_host_driver", [clue])
        yield likely("driver_not_installed", [clue])
        yield possible("wsl_or_gpupv_host_driver_libs_missing", [clue])


def toolkit_finds_trouble(clues: Clues) -> Iterator[Candidate]:
    """The toolkit repeats what the driver told it."""
    for told in clues.all("cli_driver_error"):
        what = told["what"].lower()
        if "not loaded" in what:
            yield likely("driver_module_not_loaded", [told])
        elif "mismatch" in what:
            continue  # The rule of versions has it.
        elif "insufficient" in what or "permission" in what:
            yield likely("device_permission_denied", [told])
        elif "failed to process request" in what or "timed out" in what:
            yield likely("docker_daemon_cannot_see_host_driver", [told])
            yield possible("gpu_fell_off_bus", [told])
    if clue := clues.first("cli_require"):
        yield certain("driver_too_old_for_cuda", [clue], needed=clue["wanted"])


def device_plugin(clues: Clues) -> Iterator[Candidate]:
    """Kubernetes' plug-in runs in a container without the driver: not by the nvidia runtime."""
    if clue := clues.first("plugin_no_nvml"):
        yield likely("nvidia_runtime_not_default", [clue, *clues.all("plugin_hint")])
        yield possible("driver_not_installed", [clue])
    elif clue := clues.first("insufficient_gpu"):
        yield likely("nvidia_runtime_not_default", [clue])
        yield possible("gpu_memory_held_by_other_process", [clue])


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


def without_gpus(clues: Clues) -> Iterator[Candidate]:
    """Inside a container whose host's driver is not to be seen."""
    absent = clues.first(
        "kernel_driver_absent",
        "torch_no_driver",
        "smi_not_in_container",
        "cuinit_no_library",
        "no_libcuda",
    )
    inside = clues.first("container_host", "container_host_any", "container_prompt")
    started = clues.first("docker_started")
    utility = [
        clue
        for clue in clues.all("capabilities")
        if "compute" not in clue["value"] and "all" not in clue["value"]
    ]
    if utility and clues.has(
        "smi",
        "no_libcuda",
        "cuinit_no_library",
        "torch_no_driver",
        "kernel_driver_absent",
        "missing",
    ):
        yield likely(
            "driver_capabilities_without_compute", [utility[0], *clues.all("no_libcuda")[:1]]
        )
    elif absent and clues.has("smi") and not clues.has("docker_started"):
        if inside:
            yield likely("driver_capabilities_without_compute", [absent, inside])
    elif absent and started and not clues.has("docker_with_gpus"):
        yield likely("container_started_without_gpus", [started, absent])
    elif absent and clues.has("colab"):
        # Hosted notebooks are containers too; theirs have no GPU unless one was chosen.
        yield likely("no_accelerator_present", [absent])
        yield possible("container_started_without_gpus", [absent])
    elif absent and inside:
        yield likely("container_started_without_gpus", [absent])
    elif clues.has("smi_not_in_container"):
        yield likely("container_started_without_gpus", clues.all("smi_not_in_container"))
        yield possible("container_toolkit_not_installed", [])


def device_files(clues: Clues) -> Iterator[Candidate]:
    """Device files that are not there, or not for this user."""
    if clue := clues.first("dev_denied"):
        node = clue["node"] or clue["node2"] or "/dev/nvidia*"
        kind = "tpu" if "accel" in node or "vfio" in node else None
        confidence = certain if "denied" in clue.text.lower() else likely
        yield confidence("device_permission_denied", [clue], nodes=node, kind=kind)
    if clue := clues.first("dev_missing"):
        if clues.has("docker", "container_host", "container_prompt"):
            yield likely("container_started_without_gpus", [clue])
        yield likely("device_nodes_missing", [clue], nodes="/dev/nvidia*")


RULES: tuple[Rule, ...] = (
    toolkit_finds_no_driver,
    toolkit_finds_trouble,
    device_plugin,
    lost_in_container,
    without_gpus,
    device_files,
)
