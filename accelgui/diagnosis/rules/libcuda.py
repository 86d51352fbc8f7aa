"""Rules of libcuda: found by the loader, and what cuInit says.

Codes are those of CUresult in cuda.h.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.rule import call_evidence, error, warning
from accelgui.diagnosis.rules.containers import without_compute
from accelgui.diagnosis.seen import system_package
from accelgui.diagnosis.versions import differ, major, numbers
from accelgui.model.chain import Link
from accelgui.model.finding import Confidence, Evidence

if TYPE_CHECKING:
    from accelgui.diagnosis.case import Case
    from accelgui.diagnosis.rule import Rule
    from accelgui.model.finding import Finding
    from accelgui.model.snapshot import Library

CUDA_ERROR_STUB_LIBRARY = 34
CUDA_ERROR_DEVICE_UNAVAILABLE = 46
CUDA_ERROR_NO_DEVICE = 100
CUDA_ERROR_INVALID_DEVICE = 101
CUDA_ERROR_OPERATING_SYSTEM = 304
CUDA_ERROR_SYSTEM_NOT_READY = 802
CUDA_ERROR_SYSTEM_DRIVER_MISMATCH = 803
CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE = 804
CUDA_ERROR_UNKNOWN = 999

# The probe's own name for a library that the loader did not find.
NOT_LOADED = "not_loaded"

_COMPAT_FOLDER = "/compat"
_FIRST_BRANCH = 100


def wsl_libraries_missing(case: Case) -> Finding | None:
    """WSL2 lends a GPU, but no driver library of Windows is to be found."""
    if not case.is_wsl_with_gpu or case.cuda_code is not None:
        return None
    if len(_of_linux_driver(case)) < len(case.libraries("libcuda.so")):
        return None
    return error(
        "wsl_or_gpupv_host_driver_libs_missing",
        Link.LIBCUDA,
        Evidence("/usr/lib/wsl/lib", "no libcuda.so.1"),
        # /dev/dxg stands for a GPU of any maker.
        confidence=Confidence.LIKELY if case.libraries("libdxcore") else Confidence.POSSIBLE,
    )


def linux_driver_in_wsl(case: Case) -> Finding | None:
    """A driver for Linux was installed in WSL2, where the one of Windows serves."""
    found = [library for library in _of_linux_driver(case) if library.origin == "ldconfig"]
    if not case.is_wsl_with_gpu or case.is_container or case.proof is not None or not found:
        return None
    return warning(
        "image_contains_driver_libs",
        Link.LIBCUDA,
        *(Evidence("library", library.path) for library in found),
        confidence=Confidence.LIKELY,
    )


def _of_linux_driver(case: Case) -> list[Library]:
    # That of Windows is libcuda.so.1.1; those of drivers for Linux begin with the branch.
    return [
        library
        for library in case.libraries("libcuda.so")
        if (major(library.version) or 0) >= _FIRST_BRANCH and _COMPAT_FOLDER not in library.path
    ]


def not_on_loader_path(case: Case) -> Finding | None:
    """The driver runs, but libcuda is not where the loader looks."""
    answer = case.nvidia.cuda
    found = case.libraries("libcuda.so")
    reachable = [library for library in found if library.origin in {"LD_LIBRARY_PATH", "ldconfig"}]
    drives = case.nvidia.module_loaded is True or case.is_wsl_with_gpu or case.is_jetson
    unanswered = answer is not None and answer.name == NOT_LOADED
    is_seen = bool(found) or _is_left_out(case)
    if not drives or reachable or not (unanswered or (is_seen and answer is None)):
        return None
    if without_compute(case) or wsl_libraries_missing(case) or not _has_node(case):
        return None
    found = tuple(lib for lib in found if _COMPAT_FOLDER not in lib.path) or found
    is_told = answer is not None or case.machine is None or case.machine.loader_folders is not None
    evidence = [Evidence("library", library.path) for library in found]
    if answer is not None:
        evidence.append(call_evidence(answer))
    elif not found:
        evidence.append(Evidence("libcuda.so.1", "no such file"))
        evidence += [Evidence("library", lib.path) for lib in case.libraries("libnvidia-ml.so")]
    folder = found[0].path.rpartition("/")[0] if found else ""
    return error(
        "libcuda_not_on_loader_path",
        Link.LIBCUDA,
        *evidence,
        # A tree without the loader's configuration does not say where it looks.
        confidence=Confidence.CERTAIN if found and is_told else Confidence.LIKELY,
        folder=folder,
    )


def _is_left_out(case: Case) -> bool:
    """Say whether a tree of files has libraries of the driver, and not the one of CUDA.

    Distributions split them: Debian's libcuda1, RPM Fusion's xorg-x11-drv-nvidia-cuda-libs.
    """
    if case.is_live or case.is_container or case.host.wsl or case.libraries("libcuda.so"):
        return False
    return bool(case.libraries("libnvidia-ml.so")) or (
        case.nvidia.installed_driver_version is not None
        and system_package(case, r"libnvidia-compute.*|libcuda1|libnvidia-ml1|nvidia-utils.*")
        is None
    )


def stub_loaded(case: Case) -> Finding | None:
    """The toolkit's stub, made for linking only, stands before the driver's library."""
    if case.cuda_code != CUDA_ERROR_STUB_LIBRARY:
        return None
    return _answered(case, "libcuda_not_on_loader_path", stub="yes")


def hidden_by_variable(case: Case) -> Finding | None:
    """CUDA_VISIBLE_DEVICES leaves no device to CUDA."""
    refused = case.cuda_code in {CUDA_ERROR_NO_DEVICE, CUDA_ERROR_INVALID_DEVICE}
    empty = case.cuda_code == 0 and case.nvidia.cuda_device_count == 0
    value = case.environment.get("CUDA_VISIBLE_DEVICES")
    if value is None or not (refused or empty):
        return None
    return error(
        "wrong_cuda_visible_devices",
        Link.LIBCUDA,
        Evidence("CUDA_VISIBLE_DEVICES", value),
        *([call_evidence(case.nvidia.cuda)] if case.nvidia.cuda else []),
        value=value,
    )


def mig_without_instances(case: Case) -> Finding | None:
    """CUDA sees no device and NVML says that MIG is on."""
    if case.cuda_code not in {CUDA_ERROR_NO_DEVICE, CUDA_ERROR_INVALID_DEVICE}:
        return None
    for device in case.machine.devices if case.machine else ():
        for fact in device.facts:
            is_on = fact.value is True or str(fact.value).lower() in {"enabled", "on", "1"}
            if fact.name in {"mig_enabled", "mig_mode"} and is_on:
                return _answered(
                    case, "mig_enabled_without_instances", Confidence.LIKELY, device=device.key
                )
    return None


def exclusive_mode(case: Case) -> Finding | None:
    """The device may be used by one process at a time, and one has it."""
    if case.cuda_code != CUDA_ERROR_DEVICE_UNAVAILABLE:
        return None
    return _answered(case, "exclusive_compute_mode", Confidence.LIKELY)


def blocked_by_system(case: Case) -> Finding | None:
    """The system refused a call of the driver: mostly a node that may not be opened."""
    if case.cuda_code != CUDA_ERROR_OPERATING_SYSTEM:
        return None
    answer = case.nvidia.cuda
    assert answer is not None
    return error(
        "device_permission_denied",
        Link.DEVICE_NODES,
        call_evidence(answer),
        confidence=Confidence.LIKELY,
        nodes="/dev/nvidia*",
        kind="nvidia",
    )


def fabric_manager(case: Case) -> Finding | None:
    """Machines with NVSwitch compute only after the fabric manager has set it up."""
    nvidia = case.nvidia
    version = nvidia.module_version or ""
    found = nvidia.fabric_manager_version or ""
    if case.cuda_code == CUDA_ERROR_SYSTEM_NOT_READY:
        return _answered(
            case, "fabric_manager_not_running", Confidence.LIKELY, version=version, found=found
        )
    if not nvidia.switch_count or nvidia.module_loaded is not True or case.cuda_code is not None:
        return None
    is_other = bool(found) and differ(found, version)
    is_missing = (
        nvidia.fabric_manager_running is not True
        and not system_package(case, r"(?:nvidia-fabric-?manager.*|nv-fabricmanager)")
        and not case.is_container
    )
    if nvidia.fabric_manager_running is not False and not is_other and not is_missing:
        return None
    is_seen = nvidia.fabric_manager_running is False or is_other or case.saw("/usr/bin")
    return error(
        "fabric_manager_not_running",
        Link.LIBCUDA,
        Evidence("/sys/bus/pci/devices", f"{nvidia.switch_count} NVSwitch"),
        Evidence("nvidia-fabricmanager", found or "not running"),
        # A part of a machine's files need not hold its programs.
        confidence=Confidence.LIKELY if is_seen else Confidence.POSSIBLE,
        version=version,
        found=found,
    )


def compat_shadows_driver(case: Case) -> Finding | None:
    """A forward-compatibility libcuda of the image wins over the driver's own, which is newer."""
    if case.cuda_code != CUDA_ERROR_SYSTEM_DRIVER_MISMATCH:
        return None
    path = (case.nvidia.cuda.library_path if case.nvidia.cuda else None) or ""
    if _COMPAT_FOLDER in path or case.is_container:
        return _answered(case, "cuda_compat_libs_shadow_newer_driver", Confidence.LIKELY, path=path)
    return _answered(
        case,
        "driver_upgraded_not_reloaded",
        Confidence.LIKELY,
        loaded=case.nvidia.module_version or "",
        installed=case.nvidia.installed_driver_version or "",
    )


def compat_unsupported(case: Case) -> Finding | None:
    """Forward compatibility is for data-centre GPUs only."""
    if case.cuda_code != CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE:
        return None
    path = (case.nvidia.cuda.library_path if case.nvidia.cuda else None) or ""
    return _answered(case, "cuda_compat_libs_on_unsupported_gpu", path=path)


def compat_in_the_way(case: Case) -> Finding | None:
    """A compatibility libcuda comes first, though nobody has asked it yet whether it serves.

    It is made for drivers older than itself; a newer driver serves more without it.
    """
    found = case.libraries("libcuda.so")
    first = found[0] if found else None
    if first is None or first.origin == "path" or _COMPAT_FOLDER not in first.path:
        return None
    loaded = case.nvidia.module_version
    if case.cuda_code not in {None, 0} or not loaded or len(numbers(first.version)) < 2:
        return None
    is_older = numbers(first.version) < numbers(loaded)
    models = [gpu.model for gpu in case.nvidia.gpus if gpu.model]
    # Boards of data centres have no connector, and so are no VGA controllers (class 0300).
    is_display = bool(case.nvidia_gpus) and all(
        gpu.class_code.startswith("0300") for gpu in case.nvidia_gpus
    )
    is_consumer = any("GeForce" in model for model in models) if models else is_display
    if not is_older and (case.cuda_code == 0 or not is_consumer):
        return None
    is_sure = is_older or bool(models)
    tell = error if is_sure and case.cuda_code != 0 else warning
    return tell(
        "cuda_compat_libs_shadow_newer_driver"
        if is_older
        else "cuda_compat_libs_on_unsupported_gpu",
        Link.LIBCUDA,
        Evidence("library", f"{first.path} {first.version}"),
        Evidence("loaded module", loaded),
        confidence=Confidence.LIKELY if is_sure else Confidence.POSSIBLE,
        path=first.path,
    )


def uvm_broken(case: Case) -> Finding | None:
    """CUDA fails for no reason that it names, while NVML works: mostly after a suspend."""
    nvml = case.nvidia.nvml
    if case.cuda_code != CUDA_ERROR_UNKNOWN:
        return None
    # Not loaded at all is another matter; where no module is to be seen, nothing is known of it.
    if case.nvidia.uvm_loaded is False and case.nvidia.module_loaded is True:
        return None
    if nvml is not None and nvml.code not in {0, None}:
        return None
    return _answered(case, "uvm_broken_after_suspend", Confidence.POSSIBLE)


def timed_out(case: Case) -> Finding | None:
    """The CUDA driver was asked and never answered."""
    for answer in case.answers:
        if answer.timed_out and answer.call.startswith("cu"):
            return error("probe_timed_out", Link.LIBCUDA, call_evidence(answer), what=answer.call)
    return None


def fails_otherwise(case: Case) -> Finding | None:
    """CUDA does not start, or has no device, for a reason that nothing above names."""
    has_none = case.cuda_code == 0 and case.nvidia.cuda_device_count == 0
    if case.cuda_code is None or (case.cuda_code == 0 and not has_none) or not case.has_nvidia:
        return None
    if case.proof is not None or any(rule(case) is not None for rule in _NAMED):
        return None
    answer = case.nvidia.cuda
    return _answered(
        case,
        "cuda_initialization_fails",
        Confidence.LIKELY,
        error=" ".join(filter(None, (answer.name, answer.message))) if answer else "",
    )


def _answered(
    case: Case, code: str, confidence: Confidence = Confidence.CERTAIN, **parameters: str
) -> Finding:
    answer = case.nvidia.cuda
    evidence = [call_evidence(answer)] if answer else []
    if answer and answer.library_path:
        evidence.append(Evidence("library", answer.library_path))
    return error(code, Link.LIBCUDA, *evidence, confidence=confidence, **parameters)


def _has_node(case: Case) -> bool:
    return bool(case.gpu_nodes) or case.is_wsl_with_gpu or case.is_jetson


_NAMED: tuple[Rule, ...] = (
    wsl_libraries_missing,
    linux_driver_in_wsl,
    not_on_loader_path,
    stub_loaded,
    hidden_by_variable,
    mig_without_instances,
    exclusive_mode,
    blocked_by_system,
    fabric_manager,
    compat_shadows_driver,
    compat_unsupported,
    compat_in_the_way,
    uvm_broken,
    timed_out,
)

RULES: tuple[Rule, ...] = (*_NAMED, fails_otherwise)
