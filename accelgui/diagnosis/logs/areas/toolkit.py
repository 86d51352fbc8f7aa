"""The NVIDIA Container Toolkit: absent, stopped by what it found, or not asked by Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

SIGNS = (
    sign(
        "no_device_driver",
        "could not select device driver",
        r"could not select device driver [^\n]{0,40}with capabilities: ?\[{1,2}[^\]\n]*gpu",
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
        confidence=Confidence.CERTAIN,
    ),
    sign(
        "volume_plugin",
        "nvidia_driver_",
        r"create nvidia_driver_[\d.]+:[^\n]{0,120}(?:plugin|no such)",
        says="container_toolkit_not_installed",
    ),
    sign(
        "hook_missing",
        ("nvidia-container-runtime-hook", "nvidia-container-toolkit", "nvidia-container-cli"),
        r"nvidia-container-(?:runtime-hook|toolkit|cli)[\"']?:? (?![^\n]{0,60}(?:ldcache|mount|"
        r"detection|device|requirement) error)[^\n]{0,60}(?:executable file not"
        r" found|no such file or directory|command not found|not found in \$PATH)",
        says="container_toolkit_not_installed",
    ),
    sign(
        "cdi",
        ("unresolvable cdi", "nvidia.com/gpu=", "gpu vendor from cdi", "cdi device"),
        r"unresolvable CDI devices? [^\n]{0,40}nvidia\.com/gpu|no known GPU vendor found"
        r"|CDI device injection failed[^\n]{0,80}nvidia|invalid CDI device|unqualified CDI"
        r"|(?:discover|inject)[^\n]{0,40}CDI[^\n]{0,60}(?:nvidia|gpu)"
        r"|stat nvidia\.com/gpu=\S+ no such file",
        says="container_toolkit_not_installed",
    ),
    sign(
        "runtime_handler",
        ("no runtime for", "runtime handler", "runtimehandler", "runtimeclass"),
        r"no runtime for [\"']nvidia ?[\"'] is configured|RuntimeHandler [\"']nvidia[\"'] not"
        r" supported"
        r"|RuntimeClass[^\n]{0,20}[\"']?nvidia[\"']?[^\n]{0,20}not found",
        says="nvidia_runtime_not_default",
    ),
    sign(
        "plugin_no_nvml",
        (
            "non-nvml platform",
            "incompatible strategy",
            "incompatible platform",
            "waiting indefinitely",
            "start nvml with error",
            "no valid resources",
            "failed to initialize nvml: could not load nvml",
        ),
        r"Detected (?:non-NVML|unknown) platform|No devices found\. Waiting indefinitely"
        r"|[Ff]ailed to (?:start|initialize) nvml[^\n]{0,30}could not"
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
    sign(
        "hook_directly",
        "container runtime hook directly",
        r"NVIDIA Container Runtime Hook directly[^\n]{0,80}is not supported",
        says="nvidia_runtime_not_default",
    ),
    sign(
        "cli_unknown_device",
        "unknown device",
        r"device error: [^\n]{0,40}unknown device(?: id)?|invalid allocation request for"
        r" 'nvidia\.com/gpu': unknown device",
        says="wrong_cuda_visible_devices",
    ),
    sign(
        "cli_ldcache",
        "ldcache error",
        r"ldcache error: (?:open|process)[^\n]{0,80}",
        says="docker_daemon_cannot_see_host_driver",
    ),
    sign(
        "cli_no_gpu",
        "nvidia-container-cli",
        r"nvidia-container-cli[^\n]{0,60}(?:cuda error|initialization error)[^\n]{0,40}no"
        r" cuda-capable device",
        says="driver_module_not_loaded",
    ),
    sign("cli_no_nvml", "load library failed", r"load library failed: libnvidia-ml\.so\.1"),
    sign(
        "cli_driver_error",
        "nvidia-container-cli",
        r"nvidia-container-cli[^\n]{0,30}: initialization error: (?:driver(?: rpc)? error"
        r"|nvml error|load kernel module)"
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
        confidence=Confidence.CERTAIN,
    ),
    sign(
        "cli_require",
        "unsatisfied condition",
        r"unsatisfied condition: (?:cuda|brand|driver)[^\n]{0,6}(?P<wanted>[\d.]+)",
    ),
    sign(
        "cgroup_refused",
        ("devices.allow", "add device rules", "bpf_cgroup_device"),
        r"cgroup[^\n]{0,120}devices\.allow:? (?:permission denied|operation not permitted)"
        r"|(?:add device rules|BPF_CGROUP_DEVICE)[^\n]{0,160}"
        r"(?:operation not permitted|permission)",
    ),
)


def toolkit_absent(clues: Clues) -> Iterator[Candidate]:
    """Docker knows of no driver for GPUs: no toolkit, or a daemon that lives where none is."""
    clue = clues.first("no_device_driver")
    if clue is None:
        return
    if host := clues.first("desktop", "snap", "rootless"):
        yield likely("docker_daemon_cannot_see_host_driver", [clue, host])
        yield likely("container_toolkit_not_installed", [clue])
    else:
        yield certain("container_toolkit_not_installed", [clue])


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


def rootless(clues: Clues) -> Iterator[Candidate]:
    """Only root may open devices to a control group; a daemon without root may not."""
    if clue := clues.first("cgroup_refused"):
        yield likely("docker_daemon_cannot_see_host_driver", [clue])
        yield likely("device_permission_denied", [clue])


def toolkit_finds_trouble(clues: Clues) -> Iterator[Candidate]:
    """The toolkit repeats what the driver told it."""
    for told in clues.all("cli_driver_error"):
        what = told["what"].lower()
        if "not loaded" in what or "could not load" in what:
            yield likely("driver_module_not_loaded", [told])
        elif "mismatch" in what:
            continue  # The rule of versions has it.
        elif "insufficient" in what or "permission" in what:
            yield likely("device_permission_denied", [told])
        elif "timed out" in what:
            yield likely("probe_timed_out", [told], what="nvidia-container-cli")
            yield possible("gpu_fell_off_bus", [told])
        elif "failed to process request" in what:
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


RULES: tuple[Rule, ...] = (
    toolkit_absent,
    toolkit_finds_no_driver,
    rootless,
    toolkit_finds_trouble,
    device_plugin,
)
