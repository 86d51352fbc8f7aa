"""From clues to findings: what each speaks for, what explains what, and the order of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.alternatives import alternatives
from accelgui.diagnosis.logs.areas import RULES, SIGNS
from accelgui.diagnosis.logs.areas.absent import MEANS
from accelgui.diagnosis.logs.areas.errors import NUMBERED
from accelgui.diagnosis.logs.areas.memory import tried_too_large
from accelgui.diagnosis.logs.areas.noise import REMARKS
from accelgui.diagnosis.logs.areas.translated import TRANSLATED
from accelgui.diagnosis.logs.clues import Candidate, Clues
from accelgui.diagnosis.logs.codes import BENIGN, ORDER, PLACES
from accelgui.diagnosis.logs.frameworks import framework_of
from accelgui.diagnosis.logs.gist import grasp
from accelgui.diagnosis.logs.signs import Clue, evidence
from accelgui.model.finding import Confidence, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

# Signs that say the same as others, which rules ask for.
_SAME = {**TRANSLATED, **MEANS}

_CONFIDENCES = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_EVIDENCE_AT_MOST = 5
_ERRORS_AT_MOST = 6

# What the words of a cause need, where the log does not tell.
_USUAL = {
    "operation_fails_on_device": {"device": "gpu"},
    "wrong_results_on_device": {"device": "gpu"},
    "device_permission_denied": {"nodes": "/dev/nvidia*"},
    "device_nodes_missing": {"nodes": "/dev/nvidia*"},
    "probe_timed_out": {"what": "nvidia-smi"},
}

_NO_DRIVER = (
    "driver_module_not_loaded",
    "driver_not_installed",
    "no_accelerator_present",
    "libcuda_not_on_loader_path",
    "cpu_only_build",
    "wrong_cuda_visible_devices",
    "uvm_broken_after_suspend",
    "uvm_module_not_loaded",
    "device_nodes_missing",
    "probe_timed_out",
)

# What a cause brings about, as far as it is said on the way: said after the cause, it is no
# second one.
_BRINGS_ABOUT: dict[str, tuple[str, ...]] = {
    "gpu_fell_off_bus": (*_NO_DRIVER, "gsp_firmware_failure", "gpu_reset_needed_row_remap"),
    "gsp_firmware_failure": (*_NO_DRIVER, "gpu_reset_needed_row_remap"),
    "gpu_hardware_fault_ecc": ("gpu_reset_needed_row_remap", "operation_fails_on_device"),
    "mig_enabled_without_instances": _NO_DRIVER,
    "fabric_manager_not_running": _NO_DRIVER,
    "gpu_dropped_by_driver_branch": (
        *_NO_DRIVER,
        "open_kernel_module_unsupported_gpu",
        "kernel_module_not_built_for_kernel",
        "secure_boot_rejects_module",
        "other_kernel_driver_owns_gpu",
    ),
    "open_kernel_module_unsupported_gpu": (
        *_NO_DRIVER,
        "gsp_firmware_failure",
        "kernel_module_not_built_for_kernel",
        "secure_boot_rejects_module",
        "gpu_dropped_by_driver_branch",
    ),
    "secure_boot_rejects_module": (*_NO_DRIVER, "kernel_module_not_built_for_kernel"),
    "kernel_module_not_built_for_kernel": (*_NO_DRIVER, "secure_boot_rejects_module"),
    "other_kernel_driver_owns_gpu": (
        *_NO_DRIVER,
        "kernel_module_not_built_for_kernel",
        "secure_boot_rejects_module",
    ),
    "driver_packages_inconsistent": (*_NO_DRIVER, "gsp_firmware_failure"),
    "driver_upgraded_not_reloaded": _NO_DRIVER,
    "container_toolkit_not_installed": (*_NO_DRIVER, "container_started_without_gpus"),
    "image_contains_driver_libs": (
        *_NO_DRIVER,
        "driver_upgraded_not_reloaded",
        "wsl_or_gpupv_host_driver_libs_missing",
        "driver_capabilities_without_compute",
    ),
    "docker_daemon_cannot_see_host_driver": (*_NO_DRIVER[1:], "nvml_library_missing"),
    "nvidia_runtime_not_default": (*_NO_DRIVER, "nvml_library_missing"),
    "wsl_or_gpupv_host_driver_libs_missing": _NO_DRIVER[:3],
    "container_cgroup_device_access_revoked": (*_NO_DRIVER, "device_permission_denied"),
    "toolkit_no_cgroups_enabled": (*_NO_DRIVER, "device_permission_denied"),
    "container_started_without_gpus": (*_NO_DRIVER, "cuda_library_not_found"),
    "driver_capabilities_without_compute": (*_NO_DRIVER, "nvml_library_missing"),
    "thermal_throttling": ("hardware_slowdown",),
    "driver_too_old_for_cuda": ("gpu_memory_preallocation", "wrong_cuda_visible_devices"),
    "tpu_env_var_wrong": ("tpu_container_network_isolated",),
    "torch_xla_version_mismatch": ("framework_import_fails",),
    "tpu_held_by_other_process": ("device_permission_denied", "libtpu_library_missing"),
    "aarch64_wheel_cpu_only": ("cpu_only_build",),
    "x86_python_under_rosetta": ("cpu_lacks_avx",),
    "cudnn_version_mismatch": ("cuda_library_not_found", "cuda_libs_not_on_loader_path"),
    "library_path_shadows_bundled_cuda": ("framework_import_fails",),
    "mixed_cuda_wheel_versions": ("framework_import_fails",),
    "tensorflow_gpu_package_removed": ("no_wheel_for_python_version", "framework_not_installed"),
    "no_wheel_for_python_version": ("framework_not_installed",),
    "unused_framework_warning": (
        "cuda_library_not_found",
        "cuda_libs_not_on_loader_path",
        "cuda_toolkit_incomplete",
        "built_for_other_cuda_major",
        *_NO_DRIVER,
        "container_started_without_gpus",
    ),
    "multi_process_tpu_notice": ("tpu_held_by_other_process", "tpu_lockfile_stale"),
}


# Signs of machines on which a cause is none: the fabric manager has nothing to do without switches.
_RULES_OUT = {"fabric_manager_not_running": ("no_switches", "geforce_listed")}


def weigh(found: Iterable[Clue], lines: list[tuple[int, str]], source: str) -> tuple[Finding, ...]:
    """Return the findings of a log, the likeliest cause first, consequences left out.

    `lines` are read for their gist where what was `found` speaks for no cause.
    """
    clues = _with_derived(list(found))
    candidates = _merged([*_spoken_for(clues), *_proposed(clues)])
    if all(c.code in BENIGN for c in candidates) and not _is_well(clues):
        explained = [
            *(clue for each in candidates for clue in each.clues),
            *clues.all(*REMARKS),
            *tried_too_large(clues),
        ]
        grasped = [
            candidate
            for candidate in grasp(lines, explained)
            if not _is_ruled_out(candidate, clues)
        ]
        candidates += grasped if candidates else _beside_guesses(grasped, clues)
    candidates = candidates or _guessed(clues)
    candidates = _without_consequences(candidates)
    ordered = _in_order(_without_guesses(candidates))
    ordered = _in_order([*ordered, *alternatives(ordered)])
    return tuple(_finding(candidate, clues, source) for candidate in ordered)


def _is_well(clues: Clues) -> bool:
    """Say whether a device is shown at work, and nothing is called an error."""
    works = clues.has("gpu_listed", "tpu_listed", "jax_works", "true")
    return works and not clues.has("trouble_words")


def _is_ruled_out(candidate: Candidate, clues: Clues) -> bool:
    """Say whether the log shows that this cannot be the trouble, whatever it sounds like."""
    return any(candidate.code == code and clues.has(*signs) for code, signs in _RULES_OUT.items())


def _with_derived(found: list[Clue]) -> Clues:
    """Add what follows from several clues and many rules ask for."""
    found.extend(replace(clue, sign=_SAME[clue.sign]) for clue in list(found) if clue.sign in _SAME)
    clues = Clues(found)
    other = clues.first("torch_works", "true") if clues.has("torch_imported") else None
    other = other or clues.first("jax_works")
    if other is not None and not clues.has("tf_device"):
        found.append(replace(other, sign="other_framework_works"))
    found.extend(
        replace(clue, sign=named[number], groups={})
        for sign, named in NUMBERED.items()
        for clue in clues.all(sign)
        for number in clue.groups.values()
        if number in named
    )
    return Clues(found)


def _spoken_for(clues: Clues) -> Iterable[Candidate]:
    for sign in SIGNS:
        if sign.says is not None and (shown := clues.all(sign.name)):
            yield Candidate(sign.says, sign.confidence, tuple(shown), _taken(shown))


def _taken(shown: list[Clue]) -> dict[str, str]:
    """Return what the expression of a sign took; alternatives of it number their groups."""
    taken: dict[str, str] = {}
    for clue in shown:
        for name, value in clue.groups.items():
            taken.setdefault(name.rstrip("0123456789"), value)
    return taken


def _proposed(clues: Clues) -> Iterable[Candidate]:
    for rule in RULES:
        for place, candidate in enumerate(rule(clues)):
            yield replace(candidate, place=place)


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """Make one candidate of all that speak for the same cause."""
    by_code: dict[str, Candidate] = {}
    for candidate in candidates:
        known = by_code.get(candidate.code)
        if known is None:
            by_code[candidate.code] = candidate
            continue
        surest = min(known.confidence, candidate.confidence, key=_CONFIDENCES.index)
        clues = tuple(dict.fromkeys((*known.clues, *candidate.clues)))
        parameters = {**candidate.parameters, **known.parameters}
        place = min(known.place, candidate.place)
        by_code[candidate.code] = Candidate(candidate.code, surest, clues, parameters, place)
    return list(by_code.values())


def _beside_guesses(grasped: list[Candidate], clues: Clues) -> list[Candidate]:
    """Where the gist is vague, put what "no GPU" mostly comes from before it, if that is said."""
    is_vague = all(candidate.confidence is Confidence.POSSIBLE for candidate in grasped)
    said = _guessed(clues) if is_vague and clues.has("gpu_missed") else []
    return _merged([*said, *(replace(c, place=c.place + len(said)) for c in grasped)])


def _unnamed_error(clue: Clue) -> Candidate:
    """Say that an operation failed, of an error of the GPU that has no sign of its own."""
    parameters = {"message": clue.text[:200]}
    return Candidate("operation_fails_on_device", Confidence.POSSIBLE, (clue,), parameters)


def _guessed(clues: Clues) -> list[Candidate]:
    """Where nothing but "no GPU" is said, name what that mostly comes from."""
    clue = clues.first("false", "no_gpu_list", "gpu_wanted", "cpu_used")
    if clue is None:
        return [_unnamed_error(some) for some in clues.all("some_gpu_error")[:1]]
    codes = ("cpu_only_build", "cuda_library_not_found", "driver_not_installed")
    if clue.sign == "no_gpu_list":
        codes = ("cuda_library_not_found", "cpu_only_build", "driver_not_installed")
    return [
        Candidate(code, Confidence.POSSIBLE, (clue,), place=place)
        for place, code in enumerate((*codes, "no_accelerator_present"))
    ]


def _without_consequences(candidates: list[Candidate]) -> list[Candidate]:
    explained: set[str] = set()
    for candidate in sorted(candidates, key=_rank):
        if candidate.code not in explained and candidate.confidence is not Confidence.POSSIBLE:
            explained.update(_BRINGS_ABOUT.get(candidate.code, ()))
    return [candidate for candidate in candidates if candidate.code not in explained]


def _without_guesses(candidates: list[Candidate]) -> list[Candidate]:
    """Where a cause is stated, guesses at others only confuse."""
    is_stated = any(
        candidate.confidence is Confidence.CERTAIN and _severity(candidate) is Severity.ERROR
        for candidate in candidates
    )
    if not is_stated:
        return candidates
    return [c for c in candidates if c.confidence is not Confidence.POSSIBLE]


def _in_order(candidates: list[Candidate]) -> list[Candidate]:
    ordered = sorted(candidates, key=_rank)
    excess = [c for c in ordered if _severity(c) is Severity.ERROR][_ERRORS_AT_MOST:]
    return [candidate for candidate in ordered if candidate not in excess]


def _rank(candidate: Candidate) -> tuple[int, int, int, int]:
    # No trouble, and yet an answer to "why is there no GPU?" beside the others.
    is_answer = candidate.code == "no_accelerator_present"
    return (
        0 if is_answer else _SEVERITIES.index(_severity(candidate)),
        _CONFIDENCES.index(candidate.confidence),
        candidate.place,
        ORDER.index(candidate.code),
    )


def _severity(candidate: Candidate) -> Severity:
    return PLACES[candidate.code][0]


def _finding(candidate: Candidate, clues: Clues, source: str) -> Finding:
    severity, link = PLACES[candidate.code]
    shown: dict[int, Clue] = {}
    for clue in candidate.clues:
        shown.setdefault(clue.line, clue)
    return Finding(
        candidate.code,
        severity,
        link,
        candidate.confidence,
        tuple(evidence(clue, source) for clue in list(shown.values())[:_EVIDENCE_AT_MOST]),
        {
            "framework": framework_of(candidate.clues, clues),
            **_USUAL.get(candidate.code, {}),
            **{name: value for name, value in _place(clues).items() if value},
            **candidate.parameters,
        },
    )


def _place(clues: Clues) -> dict[str, str | None]:
    """Return what the log says of the machine that it came from."""
    is_container = clues.has("container_host", "container_host_any", "container_prompt")
    return {
        "container": "docker" if is_container else None,
        "wsl": "yes" if clues.has("wsl") else None,
        "system": "Windows" if clues.has("windows") and not clues.has("wsl") else None,
        "kernel": clues.value("no_module_here", "kernel") or clues.value("dkms_failed", "kernel"),
    }
